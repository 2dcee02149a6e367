import { statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { ArtifactError, unpack, validateArtifact } from '../../container';
import { Once } from '../core/concurrency';
import { Inconclusive } from '../core/inconclusive';
import type { ServingSpecification } from '../core/specification';
import type { TrainingProbe } from './training-probe';

/** A failure that prevents other checks, and the check that reports its cause. */
export interface Failure {
  readonly check: string;
  readonly reason: string;
}

const NOT_EXTRACTED: Failure = { check: 'model-archive', reason: 'the model artifact cannot be extracted' };
const NOT_EXTRACTED_AFTER_TRAINING: Failure = {
  check: 'model-files',
  reason: 'the model artifact of the training run cannot be extracted',
};

interface FoundModel {
  readonly file?: string;
  readonly failure?: Failure;
}

/** The model of a serving container: the specified one, or that of the training run. */
export class ModelSource {
  private readonly once = new Once();

  constructor(
    private readonly specification: ServingSpecification,
    private readonly training?: TrainingProbe,
  ) {}

  /** The model artifact or the directory of the model; undefined if the image contains its model. @throws Inconclusive if it cannot be extracted */
  public async file(): Promise<string | undefined> {
    const { file, failure } = await this.once.do('model', () => this.find());
    if (failure !== undefined) throw new Inconclusive(failure.reason);
    return file;
  }

  /** Why the model, if a check needed it, cannot be extracted. */
  public async failure(): Promise<Failure | undefined> {
    return (await this.once.resultOf<FoundModel>('model'))?.failure;
  }

  /** Why the specified model artifact cannot be extracted; undefined if it can, or is a directory. */
  public artifactError(): Promise<ArtifactError | undefined> {
    return this.once.do('artifact error', async () => {
      const { model } = this.specification;
      if (model === undefined || statSync(model).isDirectory()) return undefined;
      try {
        await validateArtifact(model);
        return undefined;
      } catch (error) {
        if (error instanceof ArtifactError) return error;
        throw error;
      }
    });
  }

  /** Puts a copy of the model into a directory; false if the image contains its model. */
  public async place(directory: string): Promise<boolean> {
    const model = await this.file();
    if (model === undefined) return false;
    if (statSync(model).isDirectory()) await cp(model, directory, { recursive: true, verbatimSymlinks: true });
    else await unpack(model, directory);
    return true;
  }

  private async find(): Promise<FoundModel> {
    if ((await this.artifactError()) !== undefined) return { failure: NOT_EXTRACTED };
    if (this.specification.model !== undefined || this.training === undefined)
      return { file: this.specification.model };
    const trained = await this.training.completed();
    return this.training.modelOf(trained).then(
      () => ({ file: trained.result.modelArtifact }),
      () => ({ failure: NOT_EXTRACTED_AFTER_TRAINING }),
    );
  }
}
