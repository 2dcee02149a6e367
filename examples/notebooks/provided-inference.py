# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Your training image, and an inference image of SageMaker
#
# The stack trains with an image of your own, and serves the model with the scikit-learn image that SageMaker provides, in which your
# [script](../provided-inference/script/inference.py) loads the model and predicts. This notebook shows what connects the two.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/provided-inference/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md), for which the image must be pulled
# first. Without it, the same cells run in your AWS account, where the training job takes a few minutes and costs a few cents.

# %%
import json
import time

import boto3
import numpy as np
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")

stack = cloudformation.describe_stacks(StackName="ProvidedInference")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

# %% [markdown]
# ## The images
#
# The training image is in the registry of your account. The inference image is in one of AWS, and its URI depends on the region.


# %%
def repository_of(image):
    return image.partition("/")[2].partition(":")[0].partition("@")[0]


deployed = sagemaker.describe_training_job(TrainingJobName=outputs["TrainingJobName"])
endpoint = sagemaker.describe_endpoint(EndpointName=outputs["EndpointName"])
config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
model = sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
container = model["PrimaryContainer"]
print("Training: ", "own" if repository_of(deployed["AlgorithmSpecification"]["TrainingImage"]).startswith("cdk-") else "provided")
print("Inference:", repository_of(container["Image"]))

# %% [markdown]
# ## The script
#
# The container downloads the script when it starts. Two variables name the archive and the file in it.

# %%
print("Program:", container["Environment"]["SAGEMAKER_PROGRAM"])
print("Archive:", container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"].partition("://")[0])
container["ModelDataUrl"] == deployed["ModelArtifacts"]["S3ModelArtifacts"]

# %% [markdown]
# ## Invoke the endpoint
#
# The script decides about the format of requests and responses: CSV or JSON, with the probability of each row.

# %%
validation = pd.read_csv("../../assets/breast-cancer/data/validation/validation.csv", header=None)
labels, rows = validation[0], validation.drop(columns=0)


def invoke(rows, accept):
    response = runtime.invoke_endpoint(
        EndpointName=outputs["EndpointName"],
        ContentType="text/csv",
        Accept=accept,
        Body=rows.to_csv(header=False, index=False),
    )
    return response["Body"].read().decode()


probabilities = np.array(json.loads(invoke(rows, "application/json"))["probabilities"])
print("Accuracy:", round(((probabilities >= 0.5) == labels).mean(), 3))
pd.crosstab(labels.rename("actual"), pd.Series((probabilities >= 0.5).astype(int), name="predicted"))

# %%
[round(float(line), 3) for line in invoke(rows.head(3), "text/csv").splitlines()]

# %% [markdown]
# ## Train again
#
# The training image does not know how its model is served: another model of the same format can be served by the same script.

# %%
job = f"provided-inference-{time.strftime('%Y%m%d-%H%M%S')}"
sagemaker.create_training_job(
    TrainingJobName=job,
    AlgorithmSpecification={
        "TrainingImage": deployed["AlgorithmSpecification"]["TrainingImage"],
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "train:loss", "Regex": "train:loss=([0-9.]+);"}],
    },
    HyperParameters={**deployed["HyperParameters"], "alpha": "0.1"},
    **{key: deployed[key] for key in ["RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
trained = sagemaker.describe_training_job(TrainingJobName=job)
{metric["MetricName"]: round(metric["Value"], 3) for metric in trained["FinalMetricDataList"]}

# %% [markdown]
# This notebook leaves nothing to delete: a training job that has ended has no costs. `npx cdk destroy` deletes the stack.
