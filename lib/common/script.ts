import {
  AssetHashType,
  BundlingOutput,
  DockerImage,
  Stack,
  SymlinkFollowMode,
  type aws_iam as iam,
  aws_s3_assets as assets,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import * as path from 'node:path';
import { sha256 } from '../private/fingerprint';
import { RuleError } from '../private/rules';
import { ValidationErrors, quote } from '../private/validation';

/** The directory of code that is part of the model data. */
const MODEL_CODE_DIRECTORY = '/opt/ml/model/code';

/** The script settings that the containers provided by SageMaker read. */
interface BoundScript {
  readonly program: string;
  readonly submitDirectory: string;
  readonly region: string;
}

/**
 * Your own script for training or inference, which a container image provided by SageMaker runs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const image: sagemaker.ContainerImage;
 *
 * new sagemaker.TrainingJob(this, 'Train', {
 *   image,
 *   script: sagemaker.Script.fromDirectory('src', 'train.py'),
 *   resources: sagemaker.TrainingResources.of(sagemaker.InstanceType.ML_G5_XLARGE),
 * });
 */
export class Script {
  /**
   * References a program in a local directory, which is archived at synthesis and uploaded when the stack is deployed. Training
   * containers and the inference containers for scikit-learn and XGBoost download it. The inference containers for PyTorch,
   * TensorFlow, MXNet and Hugging Face load it from the model data: it is added to the model artifact of a training job of the app when
   * the stack is deployed. With other model data, use `fromModel()`.
   *
   * @param directory the directory with the program and its dependencies; the container installs a `requirements.txt`
   * @param program the path of the program in the directory
   */
  public static fromDirectory(directory: string, program: string): Script {
    const errors = new ValidationErrors('Script', 'all-stages');
    const file = path.resolve(directory, program);
    errors.when(
      path.isAbsolute(program) || /^\.\.(\/|$)/.test(path.relative(directory, file).replaceAll(path.sep, '/')),
      `\`program\` must be a path in \`directory\`, got: ${quote(program)}`,
    );
    errors.when(
      statSync(file, { throwIfNoEntry: false })?.isFile() !== true,
      `\`program\` does not exist in \`directory\`, got: ${quote(file)}`,
    );
    errors.throwIfAny();
    return new Script(program, path.resolve(directory));
  }

  /**
   * References a program in the folder `code` of the model data. The inference containers for PyTorch, TensorFlow, MXNet and
   * Hugging Face support it. A training script adds it to the model data by copying it to `/opt/ml/model/code`.
   *
   * @param program the path of the program in that folder
   */
  public static fromModel(program: string): Script {
    return new Script(program, undefined);
  }

  private constructor(
    /** The path of the program in its directory. */
    public readonly program: string,
    private readonly directory: string | undefined,
  ) {}

  /**
   * The hyperparameters that make a training container run the script.
   *
   * @internal
   */
  public _hyperparameters(scope: Construct, grantee: iam.IGrantable): Record<string, string> {
    const { program, submitDirectory, region } = this.bind(scope, grantee);
    return {
      sagemaker_program: program,
      sagemaker_submit_directory: submitDirectory,
      sagemaker_container_log_level: '20',
      sagemaker_region: region,
    };
  }

  /**
   * The environment variables that make an inference container run the script.
   *
   * @internal
   */
  public _environment(scope: Construct, grantee: iam.IGrantable): Record<string, string> {
    return environmentOf(this.bind(scope, grantee));
  }

  /**
   * The environment variables that make an inference container run the script from the model data.
   *
   * @internal
   */
  public _environmentInModel(scope: Construct): Record<string, string> {
    return environmentOf(this.inModel(scope));
  }

  /**
   * The archive of the script. Undefined if the script is part of the model data.
   *
   * @internal
   */
  public _archive(scope: Construct): assets.Asset | undefined {
    return this.directory === undefined ? undefined : archiveOf(Stack.of(scope), this.directory);
  }

  /**
   * Whether the container downloads the script, which requires network access.
   *
   * @internal
   */
  public get _isFetched(): boolean {
    return this.directory !== undefined;
  }

  private bind(scope: Construct, grantee: iam.IGrantable): BoundScript {
    const asset = this._archive(scope);
    if (asset === undefined) return this.inModel(scope);
    asset.grantRead(grantee);
    return { ...this.inModel(scope), submitDirectory: asset.s3ObjectUrl };
  }

  private inModel(scope: Construct): BoundScript {
    return { program: this.program, submitDirectory: MODEL_CODE_DIRECTORY, region: Stack.of(scope).region };
  }
}

function environmentOf({ program, submitDirectory, region }: BoundScript): Record<string, string> {
  return {
    SAGEMAKER_PROGRAM: program,
    SAGEMAKER_SUBMIT_DIRECTORY: submitDirectory,
    SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
    SAGEMAKER_REGION: region,
  };
}

/** The archive of a directory, once per stack. */
function archiveOf(stack: Stack, directory: string): assets.Asset {
  const id = `Script${sha256(directory).slice(0, 16)}`;
  return (stack.node.tryFindChild(id) as assets.Asset | undefined) ?? archive(stack, id, directory);
}

/** Creates a gzipped tar archive as an asset: the containers cannot extract the zip archives that the CDK creates. */
function archive(stack: Stack, id: string, directory: string): assets.Asset {
  return new assets.Asset(stack, id, {
    path: directory,
    assetHashType: AssetHashType.SOURCE,
    // "tar -h" below archives the targets of links, so the asset hash must cover them.
    followSymlinks: SymlinkFollowMode.ALWAYS,
    bundling: {
      // Required by the CDK and not used: the local bundling does not start a container.
      image: DockerImage.fromRegistry('scratch'),
      outputType: BundlingOutput.SINGLE_FILE,
      local: {
        tryBundle: (output) => {
          const file = path.join(output, 'sourcedir.tar.gz');
          const { status, error, stderr } = spawnSync('tar', ['-czhf', file, '-C', directory, '.'], {
            encoding: 'utf8',
          });
          if (status === 0) return true;
          throw new RuleError(
            'all-stages',
            `"tar" could not archive the script directory ${directory}: ${error?.message ?? stderr}`,
          );
        },
      },
    },
  });
}
