# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Register, compare and approve versions
#
# The stack has a model package group, `breast-cancer`, whose first version is the model of the endpoint. This notebook trains a candidate,
# registers it as a version that waits for approval, compares it with the newest approved version, and approves or rejects it.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/notebooks/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md). Without it, the same cells run in
# your AWS account, where the training job takes a few minutes and costs a few cents.

# %%
import time

import boto3
import pandas as pd

GROUP = "breast-cancer"

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")

stack = cloudformation.describe_stacks(StackName="BreastCancer")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
deployed = sagemaker.describe_training_job(TrainingJobName=outputs["TrainingJobName"])


# %%
def versions(**filters):
    """The versions of the group, with the oldest first."""
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=GROUP, SortBy="CreationTime", SortOrder="Ascending", **filters
    )
    return [version for page in pages for version in page["ModelPackageSummaryList"]]


def table():
    rows = [(version["ModelPackageVersion"], version["ModelApprovalStatus"]) for version in versions()]
    return pd.DataFrame(rows, columns=["version", "approval"]).set_index("version")


table()

# %% [markdown]
# ## Train a candidate
#
# The candidate has the same data and the same execution role as the training job of the stack, and another penalty.

# %%
job = f"candidate-{time.strftime('%Y%m%d-%H%M%S')}"
sagemaker.create_training_job(
    TrainingJobName=job,
    AlgorithmSpecification={
        "AlgorithmName": deployed["AlgorithmSpecification"]["AlgorithmName"],
        "TrainingInputMode": "File",
    },
    HyperParameters={**deployed["HyperParameters"], "penalty": "l1", "alpha": "0.01"},
    **{key: deployed[key] for key in ["RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
trained = sagemaker.describe_training_job(TrainingJobName=job)
trained["TrainingJobStatus"]

# %% [markdown]
# ## Register it
#
# A version is a model package of the group. It has the inference image and the content types of the newest approved version, and the
# artifact of the candidate. Its metrics become part of the version.

# %%
approved = versions(ModelApprovalStatus="Approved")[-1]["ModelPackageArn"]
current = sagemaker.describe_model_package(ModelPackageName=approved)
specification = current["InferenceSpecification"]
container = {"Image": specification["Containers"][0]["Image"], "ModelDataUrl": trained["ModelArtifacts"]["S3ModelArtifacts"]}


def metrics_of(description):
    return {metric["MetricName"]: round(metric["Value"], 3) for metric in description["FinalMetricDataList"]}


candidate = sagemaker.create_model_package(
    ModelPackageGroupName=GROUP,
    ModelApprovalStatus="PendingManualApproval",
    InferenceSpecification={**specification, "Containers": [container]},
    CustomerMetadataProperties={name: str(value) for name, value in metrics_of(trained).items()},
)["ModelPackageArn"]
table()

# %% [markdown]
# ## Compare it with the approved version

# %%
comparison = pd.DataFrame({"approved": metrics_of(deployed), "candidate": metrics_of(trained)}).sort_index()
comparison

# %% [markdown]
# ## Decide
#
# A candidate is approved if it is at least as good on the validation data. The decision and its reason are part of the version. If the
# stack has a [`ContinuousDeployment`](../../docs/continuous.md), an approval releases the version.

# %%
auc = comparison.loc["validation:auc"]
is_better = auc["candidate"] >= auc["approved"]
sagemaker.update_model_package(
    ModelPackageArn=candidate,
    ModelApprovalStatus="Approved" if is_better else "Rejected",
    ApprovalDescription=f"validation:auc is {auc['candidate']:.3f}, and that of the approved version {auc['approved']:.3f}",
)
version = sagemaker.describe_model_package(ModelPackageName=candidate)
print(version["ModelApprovalStatus"], "-", version["ApprovalDescription"])
pd.Series(version["CustomerMetadataProperties"], name="metadata").sort_index()

# %% [markdown]
# ## Delete the candidate
#
# A version has no costs, and is usually kept. This notebook deletes its own, so that it can run again, and so that the stack can be
# deleted: a group that contains other versions cannot be.

# %%
sagemaker.delete_model_package(ModelPackageName=candidate)
table()
