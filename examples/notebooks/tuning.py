# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Tune hyperparameters
#
# A tuning job runs training jobs with different hyperparameters and finds the best one by an objective metric. The stack has deployed an
# algorithm that declares which of its hyperparameters can be tuned, and which of its metrics can be the objective.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/notebooks/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md). Without it, the same cells run in
# your AWS account, where the job takes about five minutes and costs a few cents.

# %%
import time

import boto3
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")

stack = cloudformation.describe_stacks(StackName="BreastCancer")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
deployed = sagemaker.describe_training_job(TrainingJobName=outputs["TrainingJobName"])

# %% [markdown]
# ## What the algorithm can tune

# %%
algorithm = sagemaker.describe_algorithm(AlgorithmName=deployed["AlgorithmSpecification"]["AlgorithmName"])
training = algorithm["TrainingSpecification"]
pd.DataFrame(
    {
        "name": hyperparameter["Name"],
        "type": hyperparameter["Type"],
        "tunable": hyperparameter.get("IsTunable", False),
        "default": hyperparameter["DefaultValue"],
    }
    for hyperparameter in training["SupportedHyperParameters"]
).set_index("name")

# %%
pd.DataFrame(training["SupportedTuningJobObjectiveMetrics"]).set_index("MetricName")

# %% [markdown]
# ## Run a grid search
#
# The grid has the three penalties, and two training jobs run at a time. Ranges of numbers are searched with the strategy `Bayesian`, which
# chooses each value from the results of the previous ones; a grid has the same result in every run.

# %%
job = f"grid-{time.strftime('%y%m%d-%H%M%S')}"
sagemaker.create_hyper_parameter_tuning_job(
    HyperParameterTuningJobName=job,
    HyperParameterTuningJobConfig={
        "Strategy": "Grid",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:auc"},
        "ResourceLimits": {"MaxParallelTrainingJobs": 2},
        "ParameterRanges": {
            "CategoricalParameterRanges": [{"Name": "penalty", "Values": ["l2", "l1", "elasticnet"]}]
        },
    },
    TrainingJobDefinition={
        "AlgorithmSpecification": {"AlgorithmName": algorithm["AlgorithmName"], "TrainingInputMode": "File"},
        "StaticHyperParameters": {"alpha": "0.3", "epochs": "5"},
        **{key: deployed[key] for key in ["RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
    },
)
while (tuning := sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job))[
    "HyperParameterTuningJobStatus"
] in ("InProgress", "Stopping"):
    time.sleep(1)
print(tuning["HyperParameterTuningJobStatus"], tuning["TrainingJobStatusCounters"]["Completed"])

# %% [markdown]
# ## Compare the training jobs

# %%
pages = sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(HyperParameterTuningJobName=job)
trials = pd.DataFrame(
    {
        **trial["TunedHyperParameters"],
        "validation:auc": trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"],
    }
    for page in pages
    for trial in page["TrainingJobSummaries"]
)
trials.set_index("penalty").sort_values("validation:auc", ascending=False).round(3)

# %%
best = tuning["BestTrainingJob"]
print(best["TunedHyperParameters"], round(best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"], 3))

# %% [markdown]
# The best training job is a training job like any other: its artifact can be registered, as the [registry](model-registry.ipynb) notebook
# shows, or its hyperparameters become those of the stack. With a [`TuningJob`](../../docs/constructs.md#tuning), the deployment itself
# searches, and the stack uses the best model. There is nothing to delete.
