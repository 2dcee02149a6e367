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
import { ValidationErrors, quote } from '../private/validation';

/** Where code that a model brings itself is. */
const CODE_OF_MODEL = '/opt/ml/model/code';

/** What the containers that SageMaker provides read. */
interface BoundScript {
  readonly program: string;
  readonly submitDirectory: string;
  readonly region: string;
}

/**
 * A script of your own that a container which SageMaker provides runs: to train, or to answer.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own.html
 */
export class Script {
  /**
   * A program in a directory, which is packed and uploaded when the stack is deployed.
   *
   * @param directory the directory, with all that the program needs; a `requirements.txt` is installed before it runs
   * @param program the program, by its path in the directory
   */
  public static fromDirectory(directory: string, program: string): Script {
    const errors = new ValidationErrors('Script');
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
   * A program that the model brings itself, in the folder `code` of its data: what containers for PyTorch, TensorFlow and
   * Hugging Face ask for when they answer.
   *
   * @param program the program, by its path in that folder
   */
  public static fromModel(program: string): Script {
    return new Script(program, undefined);
  }

  private constructor(
    /** The program. */
    public readonly program: string,
    private readonly directory: string | undefined,
  ) {}

  /**
   * The hyperparameters by which a container trains with the script.
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
   * The environment by which a container answers with the script.
   *
   * @internal
   */
  public _environment(scope: Construct, grantee: iam.IGrantable): Record<string, string> {
    const { program, submitDirectory, region } = this.bind(scope, grantee);
    return {
      SAGEMAKER_PROGRAM: program,
      SAGEMAKER_SUBMIT_DIRECTORY: submitDirectory,
      SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
      SAGEMAKER_REGION: region,
    };
  }

  /**
   * Whether the container fetches the script itself, which takes a network.
   *
   * @internal
   */
  public get _isFetched(): boolean {
    return this.directory !== undefined;
  }

  private bind(scope: Construct, grantee: iam.IGrantable): BoundScript {
    const { program, directory } = this;
    const { region } = Stack.of(scope);
    if (directory === undefined) return { program, submitDirectory: CODE_OF_MODEL, region };
    const stack = Stack.of(scope);
    const id = `Script${sha256(directory).slice(0, 16)}`;
    const asset = (stack.node.tryFindChild(id) as assets.Asset | undefined) ?? packed(stack, id, directory);
    asset.grantRead(grantee);
    return { program, submitDirectory: asset.s3ObjectUrl, region };
  }
}

/** The containers read a gzipped tar archive, and the CDK packs zip archives only. */
function packed(stack: Stack, id: string, directory: string): assets.Asset {
  return new assets.Asset(stack, id, {
    path: directory,
    assetHashType: AssetHashType.SOURCE,
    // Links are packed as what they lead to.
    followSymlinks: SymlinkFollowMode.ALWAYS,
    bundling: {
      // Not used: packing takes no container.
      image: DockerImage.fromRegistry('scratch'),
      outputType: BundlingOutput.SINGLE_FILE,
      local: {
        tryBundle: (output) => {
          const archive = path.join(output, 'sourcedir.tar.gz');
          const { status, error, stderr } = spawnSync('tar', ['-czhf', archive, '-C', directory, '.'], {
            encoding: 'utf8',
          });
          if (status === 0) return true;
          throw new Error(`Script ${directory} cannot be packed with "tar": ${error?.message ?? stderr}`);
        },
      },
    },
  });
}
