"""What the wheel holds beside the package: the files that it reads, and the results made here."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

READ = (".json", ".toml")  # data sets that somebody wrote into data/ are not the package's


class ShipData(BuildHookInterface):
    def initialize(self, version, build_data):
        for path in Path(self.root, "data").iterdir():
            if path.suffix in READ:
                build_data["force_include"][str(path)] = f"dlhw/data/{path.name}"
        results = Path(self.root, ".cache", "results")
        if results.exists():
            build_data["force_include"][str(results)] = "dlhw/data/results"
