"""Who there is: the tree of organizations, users, and grants (a role on a subtree).

Must not know what people do with it: no campaign, no venue. Start reading at policy.py.
"""
