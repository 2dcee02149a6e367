/** The interface between the constructs and the handler of smoke tests. It contains only types. */

/** A value of a JSON document that is not an object or an array. */
export type Scalar = string | number | boolean;

/** The part of a response that an expectation is about: the value at a JSONPath, or a field of a CSV document. */
export type ResponsePart = { readonly JsonPath: string } | { readonly CsvRow: number; readonly CsvColumn: number };

/** An expectation of a response. */
export type ExpectationDefinition =
  | { readonly Type: 'Status'; readonly Status: number }
  | { readonly Type: 'BodyContains'; readonly Text: string }
  | { readonly Type: 'Exists'; readonly Part: ResponsePart }
  | { readonly Type: 'EqualTo'; readonly Part: ResponsePart; readonly Value: Scalar }
  | { readonly Type: 'CloseTo'; readonly Part: ResponsePart; readonly Value: number; readonly Tolerance: number };

/** A smoke test: a request and the expectations of its response. */
export interface SmokeTestDefinition {
  /** The body of the request. Undefined if it is an object in Amazon S3. */
  readonly Body?: string;

  /** The S3 URI of the body of the request. */
  readonly BodyUri?: string;
  readonly ContentType: string;
  readonly Accept?: string;

  /** The variants to invoke, one after the other. Empty to invoke the endpoint without a target. */
  readonly TargetVariants: string[];
  readonly TargetModel?: string;
  readonly TargetContainerHostname?: string;

  /** The maximum time of a response. */
  readonly TimeoutSeconds: number;
  readonly Expect: ExpectationDefinition[];
}

/** The properties of the custom resource that tests an endpoint. CloudFormation converts every scalar to a string. */
export interface SmokeTestProperties {
  readonly EndpointName: string;
  readonly InferenceComponentName?: string;

  /** The ARNs of the model packages that are hosted, as far as they are known. */
  readonly ModelPackageArns?: string[];

  /** The name of the endpoint configuration. Undefined for an inference component. */
  readonly EndpointConfigName?: string;

  /** JSON: the specification of the inference component. */
  readonly Specification?: string;

  /** JSON: the smoke test. */
  readonly Test: string;
}
