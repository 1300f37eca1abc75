"""Who is asking, as a plain value that can be passed down."""

from __future__ import annotations

from dataclasses import dataclass

from events.identity.states import Role


@dataclass(frozen=True, kw_only=True)
class Held:
    """One grant: a role on an organization and everything whose path begins with its path."""

    role: Role
    organization_id: int
    path: str


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A user with their grants; or somebody known only by the link they hold (user_id None)."""

    user_id: int | None
    name: str
    language: str = "zh"
    held: tuple[Held, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether a user is logged in."""
        return self.user_id is not None

    def has_role(self, *roles: Role) -> bool:
        """Whether any grant has one of `roles`, anywhere."""
        return any(held.role in roles for held in self.held)


NOBODY = Actor(user_id=None, name="")
SYSTEM = Actor(user_id=None, name="Kepu")
