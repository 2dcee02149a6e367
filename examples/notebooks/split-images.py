# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A training image and an inference image
#
# The stack is that of the other notebooks, with an image for each role: the training image has scikit-learn, and the inference image only
# a web server. The constructs are the same, and so are the requests to SageMaker. This notebook shows what differs.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/notebooks/app.ts" -c layout=split`. With the environment
# variable `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md). Without it, the same cells
# run in your AWS account, where the training job takes a few minutes and costs a few cents.

# %%
import json
import time

import boto3
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
ecr = boto3.client("ecr")

stack = cloudformation.describe_stacks(StackName="BreastCancer")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

# %% [markdown]
# ## The two images
#
# The algorithm names both images by their digests: the training job uses one, and the model behind the endpoint the other.

# %%
deployed = sagemaker.describe_training_job(TrainingJobName=outputs["TrainingJobName"])
algorithm = sagemaker.describe_algorithm(AlgorithmName=deployed["AlgorithmSpecification"]["AlgorithmName"])
training = algorithm["TrainingSpecification"]["TrainingImage"]
inference = algorithm["InferenceSpecification"]["Containers"][0]["Image"]
training == inference


# %%
def layers(image):
    """The digests of the layers of an image."""
    repository, _, digest = image.partition("/")[2].partition("@")
    [details] = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])["images"]
    return [layer["digest"] for layer in json.loads(details["imageManifest"])["layers"]]


of_training, of_inference = layers(training), layers(inference)
shared = set(of_training) & set(of_inference)
pd.Series({"training": len(of_training), "inference": len(of_inference), "in both": len(shared)}, name="layers")

# %% [markdown]
# The images share the layers of their base. `npx byoa images assets/breast-cancer` compares the sizes of one combined and two separate
# images.
#
# ## Train with the training image

# %%
job = f"split-images-{time.strftime('%Y%m%d-%H%M%S')}"
sagemaker.create_training_job(
    TrainingJobName=job,
    AlgorithmSpecification={"AlgorithmName": algorithm["AlgorithmName"], "TrainingInputMode": "File"},
    HyperParameters={**deployed["HyperParameters"], "epochs": "5"},
    **{key: deployed[key] for key in ["RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
trained = sagemaker.describe_training_job(TrainingJobName=job)


def metrics_of(description):
    return {metric["MetricName"]: round(metric["Value"], 3) for metric in description["FinalMetricDataList"]}


pd.DataFrame({"30 epochs": metrics_of(deployed), "5 epochs": metrics_of(trained)}).sort_index()

# %% [markdown]
# ## Predict with the inference image
#
# The model of the endpoint was trained by the other image. The model artifact connects them: here, a JSON file of numbers.

# %%
validation = pd.read_csv("../../assets/breast-cancer/data/validation/validation.csv", header=None)
response = runtime.invoke_endpoint(
    EndpointName=outputs["EndpointName"],
    ContentType="text/csv",
    Accept="text/csv",
    Body=validation.drop(columns=0).to_csv(header=False, index=False),
)
predictions = pd.read_csv(response["Body"], header=None, names=["label", "probability of benign"])
predictions["actual"] = validation[0].map({0: "malignant", 1: "benign"})
print("Accuracy:", round((predictions["label"] == predictions["actual"]).mean(), 3))
predictions.head().round(3)

# %% [markdown]
# This notebook leaves nothing to delete: a training job that has ended has no costs. `npx cdk destroy` deletes the stack.
