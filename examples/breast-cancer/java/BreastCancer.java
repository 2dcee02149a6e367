import io.github.cdksagemakeralgorithm.Algorithm;
import io.github.cdksagemakeralgorithm.AlgorithmImages;
import io.github.cdksagemakeralgorithm.AlgorithmInferenceSpecification;
import io.github.cdksagemakeralgorithm.AssetImageOptions;
import io.github.cdksagemakeralgorithm.CategoricalHyperparameterOptions;
import io.github.cdksagemakeralgorithm.Channel;
import io.github.cdksagemakeralgorithm.ChannelOptions;
import io.github.cdksagemakeralgorithm.ContainerImage;
import io.github.cdksagemakeralgorithm.Endpoint;
import io.github.cdksagemakeralgorithm.EndpointConfig;
import io.github.cdksagemakeralgorithm.Hyperparameter;
import io.github.cdksagemakeralgorithm.InstanceType;
import io.github.cdksagemakeralgorithm.InstanceVariantOptions;
import io.github.cdksagemakeralgorithm.MetricDefinition;
import io.github.cdksagemakeralgorithm.Model;
import io.github.cdksagemakeralgorithm.ModelApprovalStatus;
import io.github.cdksagemakeralgorithm.ModelPackage;
import io.github.cdksagemakeralgorithm.ModelPackageGroup;
import io.github.cdksagemakeralgorithm.NumericHyperparameterOptions;
import io.github.cdksagemakeralgorithm.Objective;
import io.github.cdksagemakeralgorithm.Processor;
import io.github.cdksagemakeralgorithm.ProductionVariant;
import io.github.cdksagemakeralgorithm.S3TrainingInputOptions;
import io.github.cdksagemakeralgorithm.SplitImages;
import io.github.cdksagemakeralgorithm.TrainingInput;
import io.github.cdksagemakeralgorithm.TrainingJob;
import io.github.cdksagemakeralgorithm.TrainingOutput;
import io.github.cdksagemakeralgorithm.TrainingResources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.constructs.Construct;

/** The example app in Java, which synthesizes the same templates as bin/app.ts. It is run in the root of the repository. */
public class BreastCancer extends Stack {
    private static final Path DIRECTORY = Path.of("assets", "breast-cancer").toAbsolutePath();

    private final Algorithm algorithm;
    private final TrainingJob trainingJob;

    public static void main(String[] args) {
        App app = new App();
        new BreastCancer(app, "BreastCancer", "split".equals(app.getNode().tryGetContext("layout")));
        app.synth();
    }

    private BreastCancer(Construct scope, String id, boolean isSplit) {
        super(scope, id);
        algorithm = createAlgorithm(isSplit);
        trainingJob = train();
        Endpoint endpoint = deploy();
        CfnOutput.Builder.create(this, "TrainingJobName").value(trainingJob.getJobName()).build();
        CfnOutput.Builder.create(this, "EndpointName").value(endpoint.getEndpointName()).build();
    }

    private Algorithm createAlgorithm(boolean isSplit) {
        return Algorithm.Builder.create(this, "Algorithm")
            .description("Tells benign from malignant breast tumours by measurements of cell nuclei")
            .images(images(isSplit))
            .hyperparameters(List.of(
                Hyperparameter.continuous("alpha",
                    NumericHyperparameterOptions.builder().min(1e-6).max(10).defaultValue(0.001).tunable(true).build()),
                Hyperparameter.integer("epochs",
                    NumericHyperparameterOptions.builder().min(1).max(1000).defaultValue(20).tunable(true).build()),
                Hyperparameter.categorical("penalty",
                    CategoricalHyperparameterOptions.builder()
                        .values(List.of("l2", "l1", "elasticnet")).defaultValue("l2").tunable(true).build()),
                Hyperparameter.continuous("pause_seconds",
                    NumericHyperparameterOptions.builder().min(0).max(60).defaultValue(0).build())))
            .channels(List.of(
                Channel.file("train", ChannelOptions.builder().contentTypes(List.of("text/csv")).build()),
                Channel.file("validation",
                    ChannelOptions.builder().contentTypes(List.of("text/csv")).required(false).build())))
            .metrics(List.of(metric("train:loss"), metric("validation:accuracy"), metric("validation:auc")))
            .objectives(List.of(Objective.maximize("validation:auc"), Objective.minimize("train:loss")))
            .trainingInstanceTypes(List.of(InstanceType.ML_M5_LARGE, InstanceType.ML_M5_XLARGE))
            .inference(AlgorithmInferenceSpecification.builder()
                .contentTypes(List.of("text/csv", "application/json"))
                .responseMimeTypes(List.of("application/json", "text/csv"))
                .realtimeInstanceTypes(List.of(InstanceType.ML_C7_I_LARGE, InstanceType.ML_M5_LARGE))
                .transformInstanceTypes(List.of(InstanceType.ML_M5_LARGE))
                .build())
            .build();
    }

    private static MetricDefinition metric(String name) {
        return MetricDefinition.of(name, name + "=([0-9.]+);");
    }

    private static AlgorithmImages images(boolean isSplit) {
        if (!isSplit) return AlgorithmImages.combined(image(null));
        return AlgorithmImages.split(
            SplitImages.builder().training(image("training")).inference(image("inference")).build());
    }

    private static ContainerImage image(String target) {
        return ContainerImage.fromAsset(DIRECTORY.toString(),
            AssetImageOptions.builder().target(target).processor(Processor.CPU).verify(true).build());
    }

    private TrainingJob train() {
        Bucket artifacts = Bucket.Builder.create(this, "Artifacts")
            .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
            .encryption(BucketEncryption.S3_MANAGED)
            .enforceSsl(true)
            .removalPolicy(RemovalPolicy.RETAIN)
            .build();
        return TrainingJob.Builder.create(this, "Train")
            .algorithm(algorithm)
            .inputs(Map.of("train", input("train"), "validation", input("validation")))
            .hyperparameters(Map.of("epochs", "30"))
            .resources(TrainingResources.of(InstanceType.ML_M5_LARGE))
            .output(TrainingOutput.toBucket(artifacts, "breast-cancer"))
            .maxRuntime(Duration.hours(1))
            .build();
    }

    private static TrainingInput input(String channel) {
        Path file = DIRECTORY.resolve("data").resolve(channel).resolve(channel + ".csv");
        return TrainingInput.fromAsset(file.toString(), S3TrainingInputOptions.builder().contentType("text/csv").build());
    }

    private Endpoint deploy() {
        ModelPackage modelPackage = ModelPackage.Builder.create(this, "Version")
            .group(ModelPackageGroup.Builder.create(this, "Group").modelPackageGroupName("breast-cancer").build())
            .algorithm(algorithm)
            .modelData(trainingJob.getModelData())
            .approvalStatus(ModelApprovalStatus.APPROVED)
            .build();
        ProductionVariant main = ProductionVariant.instances("main",
            InstanceVariantOptions.builder()
                .model(Model.Builder.create(this, "Model").modelPackage(modelPackage).build())
                .instanceType(InstanceType.ML_C7_I_LARGE)
                .instanceCount(2)
                .build());
        EndpointConfig config = EndpointConfig.Builder.create(this, "Config").variants(List.of(main)).build();
        return Endpoint.Builder.create(this, "Endpoint").endpointConfig(config).build();
    }
}
