import type { Construct } from 'constructs';
import type { ContainerImage } from '../image/container-image';
import type { ValidationErrors } from '../private/validation';

/**
 * Options of an inference container.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelPackageContainerDefinition.html
 */
export interface InferenceContainerOptions {
  /**
   * The environment variables of the container, at most 100.
   *
   * @default - no environment variables
   */
  readonly environment?: { [name: string]: string };

  /**
   * The host name by which callers select the container, at most 63 letters, digits and hyphens.
   *
   * @default - no host name
   */
  readonly containerHostname?: string;

  /**
   * The machine learning framework of the model, for example `XGBOOST` or `PYTORCH`.
   *
   * @default - no framework
   */
  readonly framework?: string;

  /**
   * The framework version, for example `1.7`.
   *
   * @default - no framework version
   */
  readonly frameworkVersion?: string;

  /**
   * The name of a pre-trained benchmark model that resembles this model, for example `resnet50`.
   *
   * @default - no benchmark model
   */
  readonly nearestModelName?: string;

  /**
   * The names and shapes of the model inputs as JSON, for example `{"input": [1, 28, 28, 1]}`, at most 16,384 characters.
   *
   * @default - no input configuration
   */
  readonly dataInputConfig?: string;
}

/** An inference container. */
export interface InferenceContainer extends InferenceContainerOptions {
  /** The inference image. */
  readonly image: ContainerImage;
}

/** The properties of a container that algorithms and model packages have in common. */
export interface RenderedInferenceContainer {
  readonly image: string;
  readonly environment?: { [name: string]: string };
  readonly containerHostname?: string;
  readonly framework?: string;
  readonly frameworkVersion?: string;
  readonly nearestModelName?: string;
}

export function renderContainer(scope: Construct, container: InferenceContainer): RenderedInferenceContainer {
  const { image, environment, containerHostname, framework, frameworkVersion, nearestModelName } = container;
  const { imageUri } = image.bind(scope);
  return { image: imageUri, environment, containerHostname, framework, frameworkVersion, nearestModelName };
}

/** The maximum size of the environment variables of all containers of a model, in bytes of keys and values. */
const MAX_ENVIRONMENT_BYTES = 32 * 1024;

/** Validates the options of an inference container. */
export function checkContainerOptions(errors: ValidationErrors, at: string, options: InferenceContainerOptions): void {
  checkEnvironment(errors, `${at}.environment`, options.environment);
  errors.check(`${at}.containerHostname`, 'ContainerHostname', options.containerHostname);
  errors.check(`${at}.frameworkVersion`, 'ModelPackageFrameworkVersion', options.frameworkVersion);
  errors.check(`${at}.dataInputConfig`, 'DataInputConfig', options.dataInputConfig);
}

/** Validates that callers can select each container. */
export function checkHostnames(errors: ValidationErrors, at: string, containers: InferenceContainerOptions[]): void {
  errors.checkUnique(
    `${at}.containerHostname`,
    containers.flatMap(({ containerHostname }) => containerHostname ?? []),
  );
}

/** Validates the environment variables of an inference container. */
export function checkEnvironment(
  errors: ValidationErrors,
  property: string,
  environment: { [name: string]: string } = {},
): void {
  errors.checkMap(property, { map: 'EnvironmentMap', key: 'EnvironmentKey', value: 'EnvironmentValue' }, environment);
  checkEnvironmentSize(errors, `\`${property}\``, [{ environment }]);
}

/** Validates the size of the environment variables of all containers of a model. */
export function checkEnvironmentSize(
  errors: ValidationErrors,
  subject: string,
  containers: { readonly environment?: { [name: string]: string } }[],
): void {
  const texts = containers.flatMap(({ environment = {} }) => Object.entries(environment).flat());
  const bytes = Buffer.byteLength(texts.join(''));
  errors.when(
    bytes > MAX_ENVIRONMENT_BYTES,
    `${subject} must have at most ${MAX_ENVIRONMENT_BYTES} bytes in total, got ${bytes}`,
  );
}
