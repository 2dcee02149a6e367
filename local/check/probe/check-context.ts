import type { ContainerEngine, Run } from '../../container';
import { type Check, Untold } from '../core/check';
import { ImageLab } from './image-probe';
import { ServingLab } from './serving-probe';
import type { Slots } from '../core/slots';
import type { Specification, Times } from '../core/specification';
import { TrainingLab } from './training-probe';

export interface LabOptions {
  readonly run: Run;

  /** The network of all containers that have one and are alone in their work; made when it is first needed. */
  network(): Promise<string>;
  readonly specification: Specification;
  readonly times: Times;
  readonly slots: Slots;

  /** All there are, whichever of them are asked for: any may explain a failure. */
  readonly checks: readonly Check[];

  /** The ids of those that are asked for. */
  readonly asked: ReadonlySet<string>;
}

/** What checks look at. Whatever is made for one of them is there for the others: an image is run once for all. */
export class Lab {
  public readonly specification: Specification;
  public readonly image: ImageLab;
  public readonly engine: ContainerEngine;
  private readonly trainingLab?: TrainingLab;
  private readonly servingLab?: ServingLab;

  constructor(private readonly options: LabOptions) {
    const { run, specification } = options;
    this.specification = specification;
    this.engine = run.engine;
    this.image = new ImageLab(options);
    if (specification.training !== undefined) this.trainingLab = new TrainingLab(options, specification.training);
    if (specification.serving !== undefined)
      this.servingLab = new ServingLab(options, specification.serving, this.trainingLab);
  }

  public get training(): TrainingLab {
    if (this.trainingLab === undefined) throw new Untold('the image is not checked for training');
    return this.trainingLab;
  }

  public get serving(): ServingLab {
    if (this.servingLab === undefined) throw new Untold('the image is not checked for serving');
    return this.servingLab;
  }

  /** Whether what explains a failure is told by a check of its own. */
  public isAsked(cause: string | undefined): boolean {
    return cause !== undefined && this.options.asked.has(cause);
  }

  public has(group: 'training' | 'serving'): boolean {
    return this.specification[group] !== undefined;
  }
}
