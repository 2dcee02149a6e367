import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Annotations, IgnoreMode, Stage, aws_ecr_assets as ecr_assets, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { sha256 } from '../private/fingerprint';
import { oncePerStack } from '../private/once-per-stack';
import { addWarning } from '../private/rules';
import {
  type StagedFile,
  hashOfPeculiarities,
  identityOfFile,
  scriptsWithWindowsLineEnds,
  stagedFiles,
} from '../private/staged-files';
import { ValidationErrors, quote } from '../private/validation';
import { type ExtendingBuild, withBaseImage } from './base-image';
import { type TargetBuild, type TargetReads, readsOf } from './build-target';
import { Dockerfile, Uncertainty } from './dockerfile';
import type { ContainerImageConfig, ManifestFormat } from './image-options';
import { grantPullOf, ofRepository } from './registry';

/** The build of an image, with the options of the user. */
interface ImageBuild extends ExtendingBuild {
  readonly manifestFormat?: ManifestFormat;
}

/** Builds an image from a directory, once a stack. */
export function bindImageAsset(scope: Construct, image: ImageBuild, grantee?: iam.IGrantable): ContainerImageConfig {
  const { manifestFormat, ...build } = image;
  const { directory, ...options } = withBaseImage(scope, build);
  const outputs = options.outputs ?? (manifestFormat === undefined ? undefined : [`type=${manifestFormat}`]);
  const props = { ...options, outputs, directory: path.resolve(directory) };
  const asset = oncePerStack(scope, props, (stack, id) => newAsset(stack, id, props));
  if (grantee !== undefined) grantPullOf(scope, grantee, asset.repository);
  return {
    imageUri: asset.imageUri,
    ecrImage: ofRepository(asset.repository, { imageTag: asset.imageTag }),
    // Only training and tuning jobs use the identity, which can add a note about training.
    get identity(): string {
      return sources.get(asset)?.identity ?? asset.imageUri;
    },
  };
}

/** The sources of the assets. */
const sources = new WeakMap<ecr_assets.DockerImageAsset, ImageSource>();

/** The asset of an image that is built from a directory. Its hash covers the directory as a whole, so that an image is never out of date. */
function newAsset(scope: Construct, id: string, props: ecr_assets.DockerImageAssetProps): ecr_assets.DockerImageAsset {
  const files = filesOf(scope, props);
  const exclude = props.exclude && [...props.exclude];
  const asset = new ecr_assets.DockerImageAsset(scope, id, { ...props, ...extraHashOf(props, files), exclude });
  const source = new ImageSource(asset, props, files);
  sources.set(asset, source);
  source.checkTarget();
  source.warnAboutLineEnds();
  return asset;
}

/**
 * The directory of an image. Its identity covers what the target reads, so that other changes do not start training jobs.
 *
 * @see docs/decisions/0010-what-identifies-an-image.md
 */
class ImageSource {
  private cachedIdentity?: string;

  constructor(
    private readonly asset: ecr_assets.DockerImageAsset,
    private readonly props: ecr_assets.DockerImageAssetProps,
    private readonly files: StagedFile[],
  ) {}

  /** The text that identifies the image in the identity of jobs: the hash of what the target reads, or the URI of the image. */
  public get identity(): string {
    this.cachedIdentity ??= this.identityOfTarget();
    return this.cachedIdentity;
  }

  private identityOfTarget(): string {
    try {
      return identityOf(this.props, this.reads());
    } catch (error) {
      if (!(error instanceof Uncertainty)) throw error;
      Annotations.of(this.asset).addInfoV2(
        'cdk-sagemaker-algorithm:wholeDirectory',
        `Every change in directory ${this.shownDirectory} starts a new training job, because ${error.message}.`,
      );
      return this.asset.imageUri;
    }
  }

  private reads(): TargetReads {
    const { buildArgs = {}, buildContexts = {}, target } = this.props;
    checkIgnoreFiles(this.props);
    const dockerfile = Dockerfile.in(this.props);
    const stage = dockerfile?.target(target);
    if (dockerfile === undefined || stage === undefined) throw new Uncertainty('the Dockerfile has no stage');
    const context = Object.keys(buildContexts).find(() => true);
    if (context !== undefined) throw new Uncertainty(`\`buildContexts\` adds other sources: ${context}`);
    return readsOf({ dockerfile, stage, files: this.files, buildArgs } satisfies TargetBuild);
  }

  public warnAboutLineEnds(): void {
    const scripts = scriptsWithWindowsLineEnds(this.files);
    if (scripts.length === 0) return;
    addWarning(
      this.asset,
      'images',
      'windowsLineEnds',
      `Linux cannot run scripts with Windows line ends (CRLF) in directory ${this.shownDirectory}: ${scripts.join(', ')}. ` +
        'Convert them to LF. If Git converts them, add "* text=auto eol=lf" to `.gitattributes`.',
    );
  }

  private get shownDirectory(): string {
    return path.relative('.', this.props.directory) || '.';
  }

  public checkTarget(): void {
    const { directory, target } = this.props;
    const dockerfile = Dockerfile.in(this.props);
    if (target === undefined || dockerfile?.hasKnownStages !== true || dockerfile.target(target) !== undefined) return;
    const names = dockerfile.stages.flatMap(({ name }) => name ?? []);
    const errors = new ValidationErrors(`Image of directory ${directory}`, 'images');
    errors.add(
      `\`target\` must be a stage of the Dockerfile (${names.length === 0 ? 'none has a name' : names.join(', ')}), ` +
        `got: ${quote(target)}`,
    );
    errors.throwIfAny();
  }
}

/** Docker applies the patterns of these files itself. The CDK does not know the first, and reads the second in its own way. */
function checkIgnoreFiles({
  directory,
  file = 'Dockerfile',
  ignoreMode = IgnoreMode.DOCKER,
}: ecr_assets.DockerImageAssetProps): void {
  const own = `${file}.dockerignore`;
  if (existsSync(path.join(directory, own))) throw new Uncertainty(`\`${own}\` excludes files from the build`);
  if (ignoreMode !== IgnoreMode.DOCKER && existsSync(path.join(directory, '.dockerignore'))) {
    throw new Uncertainty('`.dockerignore` is used with another `ignoreMode` than that of Docker');
  }
}

/** The files that the CDK copies to build the image. The CDK does not offer the rules, which `DockerImageAsset` applies. */
function filesOf(scope: Construct, props: ecr_assets.DockerImageAssetProps): StagedFile[] {
  const { directory, file = 'Dockerfile', exclude = [], ignoreMode = IgnoreMode.DOCKER, followSymlinks } = props;
  // DockerImageAsset has an error for this.
  if (!existsSync(path.join(directory, file))) return [];
  const ignoreFile = path.join(directory, '.dockerignore');
  const ignored = existsSync(ignoreFile)
    ? [...readFileSync(ignoreFile, 'utf8').split('\n').filter(Boolean), ...exclude, '!.dockerignore']
    : exclude;
  const outputDirectory = Stage.of(scope)?.outdir ?? 'cdk.out';
  const patterns = ['.is_custom_resource', ...ignored, `!${path.basename(file)}`, outputDirectory];
  return stagedFiles(directory, { exclude: patterns, ignoreMode, followSymlinks });
}

/** Adds to the `extraHash` of the user what the asset hash does not cover. */
function extraHashOf(
  { extraHash, invalidation }: ecr_assets.DockerImageAssetProps,
  files: StagedFile[],
): Pick<ecr_assets.DockerImageAssetProps, 'extraHash' | 'invalidation'> {
  const peculiarities = hashOfPeculiarities(files);
  if (peculiarities === undefined) return { extraHash, invalidation };
  const own = invalidation?.extraHash === false ? '' : (extraHash ?? '');
  return { extraHash: `${own}${peculiarities}`, invalidation: { ...invalidation, extraHash: undefined } };
}

/** The hash of what a target reads, and of the options that decide the result unless `invalidation` ignores them. */
function identityOf(props: ecr_assets.DockerImageAssetProps, reads: TargetReads): string {
  const { invalidation = {}, buildSecrets = {}, buildSsh, extraHash, networkMode, platform } = props;
  const isUsed = (option: keyof ecr_assets.DockerImageAssetInvalidationOptions): boolean =>
    invalidation[option] !== false;
  return sha256(
    JSON.stringify({
      files: reads.files.map(identityOfFile),
      instructions: reads.instructions,
      buildArgs: isUsed('buildArgs') ? Object.entries(reads.buildArgs).sort() : undefined,
      // The values differ between machines.
      buildSecrets: isUsed('buildSecrets') ? Object.keys(buildSecrets).sort() : undefined,
      buildSsh: isUsed('buildSsh') ? buildSsh?.replace(/=.*/, '') : undefined,
      extraHash: isUsed('extraHash') ? extraHash : undefined,
      networkMode: isUsed('networkMode') ? networkMode?.mode : undefined,
      platform: isUsed('platform') ? platform?.platform : undefined,
    }),
  );
}
