"""The process of a notebook: warm where it can be, its own log to nowhere, as what it says there may quote the data.

In a module of its own, as it is needed only where a notebook is executed, and jupyter_client takes a while to import.
"""

from __future__ import annotations

import os
import subprocess
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from qa_lib.batch.warm_kernels import WarmProvisioner
from qa_lib.failures import DEBUG


class QuietKernelManager(AsyncKernelManager):
    """Starts kernels whose standard error is shown only with :data:`qa_lib.failures.DEBUG` set.

    What cells write there is no part of it: that comes with the cell's output, and is refused.
    """

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start the kernel with these options of its process."""
        if not os.environ.get(DEBUG):
            options["stderr"] = subprocess.DEVNULL
        # Given here, and not by jupyter_client's environment variable, which is read once in a process's life.
        self.provisioner = self.provisioner or WarmProvisioner(kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**options)
