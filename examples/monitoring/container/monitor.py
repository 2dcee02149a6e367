"""Compares captured requests with a baseline, `baseline.csv` with a header, and writes the report of a monitor."""
import io
import json
import os
import signal
import sys
from pathlib import Path

# The first process of a container ignores the signal without a handler, also during the following imports, which take seconds.
signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

VIOLATION = "baseline_drift_check"


def captured_requests(source: Path, columns: list[str]) -> pd.DataFrame:
    """The rows of all requests, which are captured as CSV."""
    records = [json.loads(line) for file in sorted(source.rglob("*.jsonl")) for line in file.open()]
    texts = [record["captureData"]["endpointInput"]["data"].strip() for record in records]
    return pd.read_csv(io.StringIO("\n".join(texts)), names=columns)


def drifted_columns(current: pd.DataFrame, baseline: pd.DataFrame, output: Path) -> dict[str, float]:
    """The columns whose values differ from those of the baseline, with the p-values of Kolmogorov-Smirnov tests."""
    # Of 100 tests that each have a threshold of 0.05, 5 would find a drift by chance.
    preset = DataDriftPreset(num_method="ks", num_threshold=0.05 / len(baseline.columns))
    report = Report([preset]).run(current, baseline)
    report.save_html(str(output / "report.html"))
    tests = [metric for metric in report.dict()["metrics"] if metric["config"]["type"].endswith(":ValueDrift")]
    return {
        test["config"]["column"]: test["value"] for test in tests if test["value"] < test["config"]["threshold"]
    }


def main() -> None:
    baseline = pd.read_csv(Path(os.environ["baseline_source"]) / "baseline.csv")
    current = captured_requests(Path(os.environ["dataset_source"]), list(baseline.columns))
    output = Path(os.environ["output_path"])
    drifted = drifted_columns(current, baseline, output)
    violations = [
        {"feature_name": name, "constraint_check_type": VIOLATION, "description": f"p-value {p_value:.3g}"}
        for name, p_value in drifted.items()
    ]
    (output / "constraint_violations.json").write_text(json.dumps({"violations": violations}))
    metrics = {"rows": len(current), "drift share": len(drifted) / len(baseline.columns)}
    (output / "metrics.json").write_text(json.dumps(metrics))
    print(f"{len(violations)} of {len(baseline.columns)} columns of {len(current)} rows have drifted")


if __name__ == "__main__":
    main()
