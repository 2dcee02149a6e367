# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An algorithm of SageMaker, and your inference image
#
# The stack trains with XGBoost, an algorithm that SageMaker provides, and serves the model with a
# [container](../provided-algorithm/container/serving.py) of your own. The same model artifact can run outside of SageMaker.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/provided-algorithm/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md), for which the image must be pulled
# first. Without it, the same cells run in your AWS account, where the training job takes a few minutes and costs a few cents.

# %%
import io
import tarfile
import time

import boto3
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")

stack = cloudformation.describe_stacks(StackName="ProvidedAlgorithm")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

# %% [markdown]
# ## The training job of the stack
#
# The algorithm needs no code: an image, hyperparameters, and data in the format that it documents.

# %%
deployed = sagemaker.describe_training_job(TrainingJobName=outputs["TrainingJobName"])
print("Image:          ", deployed["AlgorithmSpecification"]["TrainingImage"].rpartition("/")[2])
print("Hyperparameters:", deployed["HyperParameters"])

# %% [markdown]
# ## The model artifact
#
# An own container, or a device, must read what the algorithm has written: here, a file of XGBoost.


# %%
def artifact_of(job):
    bucket, _, key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://").partition("/")
    return tarfile.open(fileobj=io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))


with artifact_of(deployed) as files:
    names = files.getnames()
[name for name in names if name != "."]

# %% [markdown]
# ## Invoke the endpoint

# %%
validation = pd.read_csv("../../assets/breast-cancer/data/validation/validation.csv", header=None)
labels, rows = validation[0], validation.drop(columns=0)
response = runtime.invoke_endpoint(
    EndpointName=outputs["EndpointName"], ContentType="text/csv", Body=rows.to_csv(header=False, index=False)
)
probabilities = pd.read_csv(response["Body"], header=None)[0]
print("Accuracy:", round(((probabilities >= 0.5) == labels).mean(), 3))
probabilities.head().round(3)

# %% [markdown]
# A request with the wrong number of columns is an error of the caller, whose reason comes from the container:

# %%
try:
    runtime.invoke_endpoint(EndpointName=outputs["EndpointName"], ContentType="text/csv", Body="1,2\n")
except runtime.exceptions.ModelError as error:
    print(error.response["OriginalStatusCode"], error.response["OriginalMessage"])

# %% [markdown]
# ## Train a smaller model
#
# Devices have little memory. Fewer rounds make a smaller model.

# %%
job = f"small-{time.strftime('%Y%m%d-%H%M%S')}"
sagemaker.create_training_job(
    TrainingJobName=job,
    AlgorithmSpecification={
        "TrainingImage": deployed["AlgorithmSpecification"]["TrainingImage"],
        "TrainingInputMode": "File",
    },
    HyperParameters={**deployed["HyperParameters"], "num_round": "10"},
    **{key: deployed[key] for key in ["RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
small = sagemaker.describe_training_job(TrainingJobName=job)


def bytes_of(job):
    with artifact_of(job) as files:
        return files.getmember(next(name for name in files.getnames() if name.endswith("xgboost-model"))).size


bytes_of(small) < 0.5 * bytes_of(deployed)

# %% [markdown]
# This notebook leaves nothing to delete: a training job that has ended has no costs. `npx cdk destroy` deletes the stack.
