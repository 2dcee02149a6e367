import type { ContainerEngine } from '../../container';
import type { Group } from '../core/finding';
import { Inconclusive } from '../core/inconclusive';
import type { Specification } from '../core/specification';
import { ImageProbe } from './image-probe';
import type { Failure } from './model-source';
import type { ProbeOptions, VariationOf } from './probe-options';
import { ProcessingProbe, type ProcessingVariation } from './processing-probe';
import { ServingProbe, type ServingVariation } from './serving-probe';
import { TrainingProbe, type TrainingVariation } from './training-probe';

export interface CheckContextOptions extends ProbeOptions {
  readonly specification: Specification;

  /** The variations of all checks, selected or not: each may explain a failure. */
  readonly trainingVariations: readonly VariationOf<TrainingVariation>[];
  readonly servingVariations: readonly VariationOf<ServingVariation>[];
  readonly processingVariations: readonly VariationOf<ProcessingVariation>[];

  /** The ids of the selected checks. */
  readonly selected: ReadonlySet<string>;

  /** The groups of all checks, by id. */
  readonly groups?: ReadonlyMap<string, Group>;
}

/** The probes of all checks, which share images, runs and containers. */
export class CheckContext {
  public readonly specification: Specification;
  public readonly image: ImageProbe;
  public readonly engine: ContainerEngine;
  private readonly selected: ReadonlySet<string>;
  private readonly groups: ReadonlyMap<string, Group>;
  private readonly trainingProbe?: TrainingProbe;
  private readonly servingProbe?: ServingProbe;
  private readonly processingProbe?: ProcessingProbe;

  constructor(options: CheckContextOptions) {
    const { run, specification, trainingVariations, servingVariations, selected } = options;
    const { training, serving, processing } = specification;
    this.specification = specification;
    this.selected = selected;
    this.groups = options.groups ?? new Map();
    this.engine = run.engine;
    this.image = new ImageProbe(run, specification);
    if (training !== undefined) this.trainingProbe = new TrainingProbe(options, training, trainingVariations);
    if (processing !== undefined)
      this.processingProbe = new ProcessingProbe(options, processing, options.processingVariations);
    if (serving !== undefined) {
      this.servingProbe = new ServingProbe(options, serving, servingVariations, this.trainingProbe);
    }
  }

  public get training(): TrainingProbe {
    if (this.trainingProbe === undefined) throw new Inconclusive('the image is not checked for training');
    return this.trainingProbe;
  }

  public get serving(): ServingProbe {
    if (this.servingProbe === undefined) throw new Inconclusive('the image is not checked for serving');
    return this.servingProbe;
  }

  public get processing(): ProcessingProbe {
    if (this.processingProbe === undefined) throw new Inconclusive('the image is not checked for processing');
    return this.processingProbe;
  }

  /** Whether a selected check reports the cause of a failure. */
  public isSelected(cause: string | undefined): boolean {
    return cause !== undefined && this.selected.has(cause);
  }

  /** The failures of the specified run and container, each with the check that reports its cause. */
  public async failures(): Promise<Failure[]> {
    const failures = [
      await this.trainingProbe?.failure(),
      await this.servingProbe?.failure(),
      await this.processingProbe?.failure(),
    ];
    return failures.filter((failure) => failure !== undefined);
  }

  public groupOf(check: string): Group | undefined {
    return this.groups.get(check);
  }

  public has(group: Exclude<Group, 'image'>): boolean {
    return this.specification[group] !== undefined;
  }
}
