# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Several models on one endpoint
#
# A multi-model endpoint hosts all model artifacts below a key prefix in Amazon S3. It loads a model when the first request names it, and
# unloads models that are not used when memory is short. The stack has trained two models into the prefix. This notebook invokes them, and
# adds a third one without a deployment.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/multi-model/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md). Without it, the same cells run in
# your AWS account, where the training job takes a few minutes and costs a few cents.

# %%
import time

import boto3
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")

stack = cloudformation.describe_stacks(StackName="MultiModel")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
l1, l2 = (
    sagemaker.describe_training_job(TrainingJobName=outputs[f"TrainingJobName{penalty}"]) for penalty in ["L1", "L2"]
)

# %% [markdown]
# ## The artifacts below the prefix

# %%
prefix = l1["OutputDataConfig"]["S3OutputPath"].rstrip("/") + "/"
bucket, _, key_prefix = prefix.removeprefix("s3://").partition("/")


def target_of(job):
    """The name of a model for requests: the object key of its artifact, below the prefix."""
    return job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(prefix)


listed = s3.list_objects_v2(Bucket=bucket, Prefix=key_prefix)["Contents"]
artifacts = [item["Key"].removeprefix(key_prefix) for item in listed if item["Key"].endswith("/model.tar.gz")]
print("Artifacts:        ", len(artifacts))
print("Name in a request: JOB/" + target_of(l1).partition("/")[2])

# %% [markdown]
# ## Invoke both models
#
# `TargetModel` selects the model of a request. The first request to a model takes longer, because the endpoint loads it.

# %%
validation = pd.read_csv("../../assets/breast-cancer/data/validation/validation.csv", header=None)
actual = validation[0].map({0: "malignant", 1: "benign"})
body = validation.drop(columns=0).to_csv(header=False, index=False)


def predict(target):
    response = runtime.invoke_endpoint(
        EndpointName=outputs["EndpointName"], TargetModel=target, ContentType="text/csv", Body=body
    )
    return pd.read_csv(response["Body"], header=None, names=["label", "probability"])


predictions = {"l1": predict(target_of(l1)), "l2": predict(target_of(l2))}
pd.DataFrame({name: prediction["probability"].head() for name, prediction in predictions.items()}).round(3)

# %% [markdown]
# A model that does not exist is an error of the caller:

# %%
try:
    predict("none/output/model.tar.gz")
except runtime.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])

# %% [markdown]
# ## Add a model
#
# A training job with the same output location adds a model. The endpoint serves it as soon as its artifact exists: no construct and no
# endpoint changes.

# %%
job = f"elasticnet-{time.strftime('%Y%m%d-%H%M%S')}"
sagemaker.create_training_job(
    TrainingJobName=job,
    AlgorithmSpecification={
        "TrainingImage": l1["AlgorithmSpecification"]["TrainingImage"],
        "TrainingInputMode": "File",
    },
    HyperParameters={**l1["HyperParameters"], "penalty": "elasticnet"},
    **{key: l1[key] for key in ["RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
elasticnet = sagemaker.describe_training_job(TrainingJobName=job)
predictions["elasticnet"] = predict(target_of(elasticnet))

pd.DataFrame(
    {
        "accuracy": {name: (one["label"] == actual).mean() for name, one in predictions.items()},
        "mean confidence": {name: (one["probability"] - 0.5).abs().mean() + 0.5 for name, one in predictions.items()},
    }
).round(3)

# %% [markdown]
# ## Delete the added model
#
# An artifact that is deleted is not loaded again.

# %%
s3.delete_object(Bucket=bucket, Key=key_prefix + target_of(elasticnet))
listed = s3.list_objects_v2(Bucket=bucket, Prefix=key_prefix)["Contents"]
len([item for item in listed if item["Key"].endswith("/model.tar.gz")])
