"""The planner: lays out a whole campaign, says why, repairs it; imports nothing of the house."""
