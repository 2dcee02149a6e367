using System.Collections.Generic;
using System.IO;
using Amazon.CDK;
using Amazon.CDK.AWS.S3;
using CdkSageMakerAlgorithm;
using Constructs;

var app = new App();
_ = new LifecycleStack(app, "BreastCancer", app.Node.TryGetContext("layout") as string == "split");
app.Synth();

/// <summary>The example app in C#, which synthesizes the same templates as bin/app.ts. It is run in the root of the repository.</summary>
internal sealed class LifecycleStack : Stack
{
    private static readonly string Directory = Path.GetFullPath(Path.Combine("assets", "breast-cancer"));

    private readonly Algorithm algorithm;
    private readonly TrainingJob trainingJob;

    internal LifecycleStack(Construct scope, string id, bool isSplit) : base(scope, id)
    {
        algorithm = CreateAlgorithm(isSplit);
        trainingJob = Train();
        var endpoint = Deploy();
        _ = new CfnOutput(this, "TrainingJobName", new CfnOutputProps { Value = trainingJob.JobName });
        _ = new CfnOutput(this, "EndpointName", new CfnOutputProps { Value = endpoint.EndpointName });
    }

    private Algorithm CreateAlgorithm(bool isSplit) => new(this, "Algorithm", new AlgorithmProps
    {
        Description = "Tells benign from malignant breast tumours by measurements of cell nuclei",
        Images = Images(isSplit),
        Hyperparameters = new[]
        {
            Hyperparameter.Continuous("alpha", new NumericHyperparameterOptions { Min = 1e-6, Max = 10, DefaultValue = 0.001, Tunable = true }),
            Hyperparameter.Integer("epochs", new NumericHyperparameterOptions { Min = 1, Max = 1000, DefaultValue = 20, Tunable = true }),
            Hyperparameter.Categorical("penalty", new CategoricalHyperparameterOptions
            {
                Values = new[] { "l2", "l1", "elasticnet" },
                DefaultValue = "l2",
                Tunable = true,
            }),
            Hyperparameter.Continuous("pause_seconds", new NumericHyperparameterOptions { Min = 0, Max = 60, DefaultValue = 0 }),
        },
        Channels = new[]
        {
            Channel.File("train", new ChannelOptions { ContentTypes = new[] { "text/csv" } }),
            Channel.File("validation", new ChannelOptions { ContentTypes = new[] { "text/csv" }, Required = false }),
        },
        Metrics = new[] { Metric("train:loss"), Metric("validation:accuracy"), Metric("validation:auc") },
        Objectives = new[] { Objective.Maximize("validation:auc"), Objective.Minimize("train:loss") },
        TrainingInstanceTypes = new[] { InstanceType.ML_M5_LARGE, InstanceType.ML_M5_XLARGE },
        Inference = new AlgorithmInferenceSpecification
        {
            ContentTypes = new[] { "text/csv", "application/json" },
            ResponseMimeTypes = new[] { "application/json", "text/csv" },
            RealtimeInstanceTypes = new[] { InstanceType.ML_C7I_LARGE, InstanceType.ML_M5_LARGE },
            TransformInstanceTypes = new[] { InstanceType.ML_M5_LARGE },
        },
    });

    private static MetricDefinition Metric(string name) => MetricDefinition.Of(name, name + "=([0-9.]+);");

    private static AlgorithmImages Images(bool isSplit) => isSplit
        ? AlgorithmImages.Split(new SplitImages { Training = Image("training"), Inference = Image("inference") })
        : AlgorithmImages.Combined(Image(null));

    private static ContainerImage Image(string target) => ContainerImage.FromAsset(Directory, new AssetImageOptions
    {
        Target = target,
        Processor = Processor.CPU,
        Verify = true,
    });

    private TrainingJob Train()
    {
        var artifacts = new Bucket(this, "Artifacts", new BucketProps
        {
            BlockPublicAccess = BlockPublicAccess.BLOCK_ALL,
            Encryption = BucketEncryption.S3_MANAGED,
            EnforceSSL = true,
            RemovalPolicy = RemovalPolicy.RETAIN,
        });
        return new TrainingJob(this, "Train", new TrainingJobProps
        {
            Algorithm = algorithm,
            Inputs = new Dictionary<string, TrainingInput> { ["train"] = Input("train"), ["validation"] = Input("validation") },
            Hyperparameters = new Dictionary<string, string> { ["epochs"] = "30" },
            Resources = TrainingResources.Of(InstanceType.ML_M5_LARGE),
            Output = TrainingOutput.ToBucket(artifacts, "breast-cancer"),
            MaxRuntime = Duration.Hours(1),
        });
    }

    private static TrainingInput Input(string channel) => TrainingInput.FromAsset(
        Path.Combine(Directory, "data", channel, channel + ".csv"),
        new S3TrainingInputOptions { ContentType = "text/csv" });

    private Endpoint Deploy()
    {
        var modelPackage = new ModelPackage(this, "Version", new ModelPackageProps
        {
            Group = new ModelPackageGroup(this, "Group", new ModelPackageGroupProps { ModelPackageGroupName = "breast-cancer" }),
            Algorithm = algorithm,
            ModelData = trainingJob.ModelData,
            ApprovalStatus = ModelApprovalStatus.APPROVED,
        });
        var main = ProductionVariant.Instances("main", new InstanceVariantOptions
        {
            Model = new Model(this, "Model", new ModelProps { ModelPackage = modelPackage }),
            InstanceType = InstanceType.ML_C7I_LARGE,
            InstanceCount = 2,
        });
        var config = new EndpointConfig(this, "Config", new EndpointConfigProps { Variants = new[] { main } });
        return new Endpoint(this, "Endpoint", new EndpointProps { EndpointConfig = config });
    }
}
