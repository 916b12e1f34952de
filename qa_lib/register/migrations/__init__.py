"""How a register of an earlier format is brought to the present one: steps for alembic, run by ``formats``."""
