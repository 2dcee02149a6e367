import { subjectOf } from '../../../../local/check';
import { specificationOf } from '../../../../local/check/core/subject';
import { withRun } from '../../../../local/container';
import { directoryWith } from '../check-engine';
import { FakeEngine } from '../../fake-engine';

class BuildingEngine extends FakeEngine {
  public readonly targets: (string | undefined)[] = [];

  public override build(request?: { target?: string }): Promise<string> {
    this.targets.push(request?.target);
    return Promise.resolve(`image ${this.targets.length}`);
  }
}

describe('A subject', () => {
  test('is checked for training and serving on linux/amd64 by default', () => {
    const source = { source: 'image', platform: 'linux/amd64', target: undefined };
    expect(subjectOf({ source: 'image' })).toEqual({
      name: 'image',
      isGpu: undefined,
      platforms: { training: 'linux/amd64', serving: 'linux/amd64', processing: 'linux/amd64' },
      training: { source },
      serving: { source },
    });
  });

  test('is checked for processing instead of training and serving if the request has a processing job', () => {
    const { training, serving, processing } = subjectOf({ source: 'image', processing: { arguments: ['a'] } });
    expect([training, serving]).toEqual([undefined, undefined]);
    expect(processing).toMatchObject({ arguments: ['a'], source: { source: 'image' } });
  });

  test('runs all of its containers with the GPUs of this machine if the request wants that', () => {
    const { training, serving } = subjectOf({ source: 'image', usesGpus: true });
    expect([training?.gpus, serving?.gpus]).toEqual([true, true]);
    expect(subjectOf({ source: 'image', usesGpus: true, processing: {} }).processing?.gpus).toBe(true);
  });

  test('is not checked for training or serving if the request excludes it', () => {
    expect(subjectOf({ source: 'image', training: false }).training).toBeUndefined();
    expect(subjectOf({ source: 'image', serving: false }).serving).toBeUndefined();
  });

  test('has its image built once if training and serving use the same stage', async () => {
    const engine = new BuildingEngine();
    const source = directoryWith({ Dockerfile: 'FROM scratch' });
    const specification = await withRun(engine, (run) => specificationOf(run, subjectOf({ source }), {}));
    expect(engine.targets).toEqual([undefined]);
    expect([specification.training?.image, specification.serving?.image]).toEqual(['image 1', 'image 1']);
  });

  test('has an image built for each of two stages', async () => {
    const engine = new BuildingEngine();
    const source = directoryWith({ Dockerfile: 'FROM scratch' });
    const subject = subjectOf({ source, trainingTarget: 'training', inferenceTarget: 'inference' });
    const specification = await withRun(engine, (run) => specificationOf(run, subject, {}));
    expect(engine.targets).toEqual(['training', 'inference']);
    expect([specification.training?.image, specification.serving?.image]).toEqual(['image 1', 'image 2']);
  });
});
