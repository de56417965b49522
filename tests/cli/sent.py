"""What the fault server was sent."""

from tests.fault_server import FaultServer


def prompt(server: FaultServer) -> str:
    """The message of the last request."""
    return str(server.requests[-1].messages[-1]["content"])
