"""Compares captured requests with a baseline, `baseline.csv` with a header, and writes the report of a monitor."""
import io
import json
import os
from pathlib import Path

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

VIOLATION = "baseline_drift_check"


def captured_requests(source: Path, columns: list[str]) -> pd.DataFrame:
    """The rows of all requests, which are captured as CSV."""
    records = [json.loads(line) for file in sorted(source.rglob("*.jsonl")) for line in file.open()]
    texts = [record["captureData"]["endpointInput"]["data"].strip() for record in records]
    return pd.read_csv(io.StringIO("\n".join(texts)), names=columns)


def drifts(report) -> dict[str, float]:
    """The scores of the columns that have drifted: p-values below a threshold, or distances above one."""
    found = {}
    for metric in report.dict()["metrics"]:
        config = metric["config"]
        if not config["type"].endswith(":ValueDrift"):
            continue
        score = float(metric["value"])
        is_p_value = config["method"].endswith("p_value")
        if score < config["threshold"] if is_p_value else score >= config["threshold"]:
            found[config["column"]] = score
    return found


def main() -> None:
    baseline = pd.read_csv(Path(os.environ["baseline_source"]) / "baseline.csv")
    current = captured_requests(Path(os.environ["dataset_source"]), list(baseline.columns))
    report = Report([DataDriftPreset()]).run(current, baseline)
    drifted = drifts(report)
    violations = [
        {"feature_name": name, "constraint_check_type": VIOLATION, "description": f"drift score {score:.4g}"}
        for name, score in drifted.items()
    ]
    output = Path(os.environ["output_path"])
    report.save_html(str(output / "report.html"))
    (output / "constraint_violations.json").write_text(json.dumps({"violations": violations}))
    metrics = {"rows": len(current), "drift share": len(drifted) / len(baseline.columns)}
    (output / "metrics.json").write_text(json.dumps(metrics))
    print(f"{len(violations)} of {len(baseline.columns)} columns of {len(current)} rows have drifted")


if __name__ == "__main__":
    main()
