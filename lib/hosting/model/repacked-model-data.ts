import {
  type CfnResource,
  CustomResource,
  Duration,
  type aws_iam as iam,
  type aws_s3_assets as assets,
} from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import type { ModelData, ModelDataConfig } from '../../common/model-data';
import { S3Location } from '../../common/s3-location';
import type { Script } from '../../common/script';
import type { ContainerImage } from '../../image/container-image';
import { loadsScriptFromModel } from '../../image/provided-images';
import type { RepackingAttributes, RepackingProperties } from '../../handlers/artifact-contract';
import { identifyBy } from '../../private/fingerprint';
import { type HandlerFunctionProps, StackHandler } from '../../private/handler-function';
import { TrainedModelData } from '../../training/trained-model-data';

/** The folder of the output of a job for artifacts with scripts. */
const FOLDER = 'with-script';

/** The function that adds scripts to the model artifacts of a stack. It is only created in stacks with such artifacts. */
const HANDLER: HandlerFunctionProps = {
  name: 'artifacts',
  description: 'Adds inference scripts to model artifacts for SageMaker',
  timeout: Duration.minutes(15),
  // A full CPU: the archives are decompressed and compressed.
  memorySize: 2048,
  services: ['s3'],
};

/** A container whose script is not part of its model data. */
interface ScriptedContainer {
  readonly image?: ContainerImage;
  readonly script?: Script;
  readonly modelData?: ModelData;
}

/** Whether the image of a container loads its script from the model data, of which the script is not a part. */
export function needsScriptInModel({ image, script }: ScriptedContainer): boolean {
  return script?._isFetched === true && loadsScriptFromModel(image?._toolkitRepository);
}

/** The archive of a training job of the app, to which a script can be added. */
export function repackable({ modelData }: ScriptedContainer): TrainedModelData | undefined {
  return modelData instanceof TrainedModelData && modelData.uncompressed === undefined ? modelData : undefined;
}

/**
 * Adds a script to the model artifact of a training job, and returns the new artifact. The model artifact is only known when the job
 * has ended, so that a custom resource adds the script.
 *
 * @param scope the model
 * @param id the construct id of the custom resource
 * @param parts the model artifact, the archive of the script, and the role that reads the new artifact
 */
export function repackedModelData(
  scope: Construct,
  id: string,
  parts: { readonly modelData: TrainedModelData; readonly script: assets.Asset; readonly role: iam.IRole },
): ModelDataConfig {
  const { modelData, script, role } = parts;
  const handler = StackHandler.of(scope, 'SageMakerArtifacts', HANDLER);
  const { location, _encryptionKey: key } = modelData._output;
  const { modelDataUrl, dependency } = modelData.bind(scope, handler.role);
  const destination = S3Location.fromBucket(location.bucket, `${folderOf(location)}${FOLDER}/`);
  script.grantRead(handler.role);
  destination.grantWrite(handler.role);
  destination._grantDelete(handler.role);
  // A multipart upload requires permission to decrypt its parts.
  for (const one of [key, location.bucket.encryptionKey]) one?.grantEncryptDecrypt(handler.role);
  destination.grantRead(role);
  key?.grantDecrypt(role);
  const resource = new CustomResource(scope, id, {
    serviceToken: handler.function.functionArn,
    serviceTimeout: Duration.minutes(16),
    resourceType: 'Custom::SageMakerModelArtifact',
    properties: {
      ModelDataUrl: modelDataUrl,
      ScriptUrl: script.s3ObjectUrl,
      Destination: destination._folderUri,
      KmsKeyArn: key?.keyArn,
    } satisfies RepackingProperties,
  });
  resource.node.addDependency(handler.role, handler.function);
  if (dependency !== undefined) resource.node.addDependency(dependency);
  // The model is replaced if the artifact or the script changes.
  identifyBy(resource.node.defaultChild as CfnResource, () => ({ modelDataUrl, script: script.assetHash }));
  return {
    modelDataUrl: resource.getAttString('ModelDataUrl' satisfies keyof RepackingAttributes),
    dependency: resource,
  };
}

function folderOf({ keyPrefix }: S3Location): string {
  return keyPrefix === '' || keyPrefix.endsWith('/') ? keyPrefix : `${keyPrefix}/`;
}
