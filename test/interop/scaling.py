"""Scales an endpoint by metrics and alarms of the local service: scaling.py IMAGE STATE BYOA...; prints the observations as JSON."""

import datetime
import json
import subprocess
import sys

import operations
from botocore.exceptions import ClientError

image, state, *byoa = sys.argv[1:]
boto3 = operations.session()
sagemaker, runtime, cloudwatch, scaling = (boto3.client(name) for name in ("sagemaker", "sagemaker-runtime", "cloudwatch", "application-autoscaling"))
role = "arn:aws:iam::000000000000:role/any"
seen = {}


def error(call, **kwargs):
    try:
        call(**kwargs)
    except ClientError as failure:
        return [failure.response["Error"]["Code"], failure.response["Error"]["Message"]]
    return None


def advance(duration):
    return subprocess.run([*byoa, "local", "advance", duration, "--directory", state], check=True, capture_output=True, text=True).stderr


sagemaker.create_model(ModelName="scaled", ExecutionRoleArn=role, PrimaryContainer={"Image": image, "Environment": {"WAY": "responds"}})
variant = {"VariantName": "main", "ModelName": "scaled", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
sagemaker.create_endpoint_config(EndpointConfigName="scaled", ProductionVariants=[variant])
sagemaker.create_endpoint(EndpointName="scaled", EndpointConfigName="scaled")
in_service = sagemaker.get_waiter("endpoint_in_service")
in_service.wait(EndpointName="scaled", WaiterConfig={"Delay": 1, "MaxAttempts": 120})

dimensions = [{"Name": "EndpointName", "Value": "scaled"}, {"Name": "VariantName", "Value": "main"}]
cloudwatch.put_metric_alarm(
    AlarmName="busy",
    Namespace="AWS/SageMaker",
    MetricName="Invocations",
    Dimensions=dimensions,
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=2,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
)
cloudwatch.get_waiter("alarm_exists").wait(AlarmNames=["busy"], WaiterConfig={"Delay": 1})
seen["new alarm"] = cloudwatch.describe_alarms(AlarmNames=["busy"])["MetricAlarms"][0]["StateValue"]

target = {"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/scaled/variant/main", "ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}
scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=3)
policy = scaling.put_scaling_policy(
    **target,
    PolicyName="busy",
    PolicyType="StepScaling",
    StepScalingPolicyConfiguration={"AdjustmentType": "ExactCapacity", "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}]},
)["PolicyARN"]
cloudwatch.put_metric_alarm(
    **{key: value for key, value in cloudwatch.describe_alarms()["MetricAlarms"][0].items() if key in ("AlarmName", "Namespace", "MetricName", "Dimensions", "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator")},
    AlarmActions=[policy],
)
for _ in range(3):
    runtime.invoke_endpoint(EndpointName="scaled", Body="1")
seen["advanced"] = advance("1m").startswith("The time of the service is ")
in_service.wait(EndpointName="scaled", WaiterConfig={"Delay": 1, "MaxAttempts": 120})
seen["alarm"] = [one["AlarmName"] for one in cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]]
seen["instances"] = sagemaker.describe_endpoint(EndpointName="scaled")["ProductionVariants"][0]["DesiredInstanceCount"]
activities = scaling.describe_scaling_activities(ServiceNamespace="sagemaker")["ScalingActivities"]
seen["activities"] = [[one["StatusCode"], one["Description"], one["Cause"]] for one in activities]
history = cloudwatch.get_paginator("describe_alarm_history").paginate(AlarmName="busy", HistoryItemType="StateUpdate", PaginationConfig={"PageSize": 1})
seen["history"] = [item["HistorySummary"] for page in history for item in page["AlarmHistoryItems"]]

now = datetime.datetime.now(datetime.timezone.utc)
times = {"StartTime": now - datetime.timedelta(hours=1), "EndTime": now + datetime.timedelta(hours=1)}
metric = {"Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Dimensions": dimensions}
points = cloudwatch.get_metric_statistics(**metric, **times, Period=7200, Statistics=["Sum"])["Datapoints"]
seen["statistics"] = [[point["Sum"], point["Unit"]] for point in points]
queries = [{"Id": "m", "MetricStat": {"Metric": metric, "Period": 7200, "Stat": "Sum"}, "ReturnData": False}, {"Id": "twice", "Expression": "m * 2"}]
seen["math"] = cloudwatch.get_metric_data(**times, MetricDataQueries=queries)["MetricDataResults"][0]["Values"]
seen["metrics"] = sorted({one["MetricName"] for page in cloudwatch.get_paginator("list_metrics").paginate(Namespace="AWS/SageMaker", Dimensions=dimensions[:1]) for one in page["Metrics"]})

scaling.put_scheduled_action(**target, ScheduledActionName="night", Schedule="cron(0 22 * * ? *)", Timezone="Europe/Berlin", ScalableTargetAction={"MinCapacity": 1, "MaxCapacity": 1})
seen["scheduled"] = [one["Schedule"] for one in scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"]]
advance("24h")
seen["night"] = [(one["MinCapacity"], one["MaxCapacity"]) for one in scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]]

seen["unknown alarm"] = error(cloudwatch.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="test")
seen["no value"] = error(cloudwatch.put_metric_data, Namespace="Shop", MetricData=[{"MetricName": "Orders"}])[0]
seen["no target"] = error(scaling.deregister_scalable_target, **{**target, "ResourceId": "endpoint/none/variant/main"})[0]

scaling.deregister_scalable_target(**target)
cloudwatch.delete_alarms(AlarmNames=["busy"])
in_service.wait(EndpointName="scaled", WaiterConfig={"Delay": 1, "MaxAttempts": 120})
sagemaker.delete_endpoint(EndpointName="scaled")
sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="scaled", WaiterConfig={"Delay": 1, "MaxAttempts": 120})
sagemaker.delete_endpoint_config(EndpointConfigName="scaled")
sagemaker.delete_model(ModelName="scaled")
print(json.dumps({"seen": seen, "operations": sorted(operations.called)}))
