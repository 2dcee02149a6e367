import type { Value } from './choices';

/** The stages of the Dockerfile for training and inference. */
export interface Targets {
  readonly training: string;
  readonly inference: string;
}

/** A part of the request of `byoa check` and of `checkImage`. */
export interface CheckOptions {
  /** The options of the command. */
  readonly flags: string[];

  /** The properties of the request, as TypeScript. */
  readonly properties: string[];
}

/** The stages of separate images; none for one image. */
export function imageCheck(targets?: Targets): CheckOptions {
  if (targets === undefined) return { flags: [], properties: [] };
  const { training, inference } = targets;
  return {
    flags: ['--training-target', training, '--inference-target', inference],
    properties: [`trainingTarget: '${training}'`, `inferenceTarget: '${inference}'`],
  };
}

/** The kind of serving. */
export function servingCheck(serving: Value<'serving'>): CheckOptions {
  return SERVING[serving];
}

const SERVING: Record<Value<'serving'>, CheckOptions> = {
  realtime: { flags: [], properties: [] },
  serverless: { flags: ['--serverless'], properties: ['isServerless: true'] },
  // The command line has no option for the longer time limit.
  async: { flags: [], properties: ['isAsync: true'] },
  batch: { flags: ['--batch'], properties: ['transform: {}'] },
  'multi-model': { flags: ['--multi-model'], properties: ['isMultiModel: true'] },
};

/** Properties as lines of an object. */
export function lines({ properties }: CheckOptions, indentation: string): string {
  return properties.map((property) => `${indentation}${property},\n`).join('');
}
