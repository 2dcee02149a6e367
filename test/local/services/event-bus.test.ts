import { EventBus } from '../../../local/services/event-bus';

const job = (TrainingJobName: string): { TrainingJobName: string; TrainingJobStatus: string } => ({
  TrainingJobName,
  TrainingJobStatus: 'Completed',
});

describe('The event bus', () => {
  test('delivers a state change at once, to the subscribers of its kind only', () => {
    const bus = new EventBus();
    const received: string[] = [];
    bus.subscribe('trainingJob', ({ TrainingJobName }) => received.push(TrainingJobName));
    bus.subscribe('endpoint', ({ EndpointName }) => received.push(EndpointName));
    bus.publish('trainingJob', job('a'));
    expect(received).toEqual(['a']);
  });

  test('delivers a change that a subscriber publishes after the current one, so that all see the same order', () => {
    const bus = new EventBus();
    const received: string[] = [];
    bus.subscribe('trainingJob', ({ TrainingJobName }) => {
      if (TrainingJobName === 'a') bus.publish('trainingJob', job('b'));
    });
    bus.subscribe('trainingJob', ({ TrainingJobName }) => received.push(TrainingJobName));
    bus.publish('trainingJob', job('a'));
    expect(received).toEqual(['a', 'b']);
  });

  test('delivers later changes after a subscriber has thrown an error', () => {
    const bus = new EventBus();
    const received: string[] = [];
    bus.subscribe('trainingJob', ({ TrainingJobName }) => {
      if (TrainingJobName === 'bad') throw new Error('failed');
      received.push(TrainingJobName);
    });
    expect(() => bus.publish('trainingJob', job('bad'))).toThrow('failed');
    bus.publish('trainingJob', job('good'));
    expect(received).toEqual(['good']);
  });

  test('delivers a change that a subscriber has published although another subscriber throws an error', () => {
    const bus = new EventBus();
    const received: string[] = [];
    bus.subscribe('trainingJob', ({ TrainingJobName }) => {
      received.push(TrainingJobName);
      if (TrainingJobName !== 'bad') return;
      bus.publish('trainingJob', job('good'));
      throw new Error('failed');
    });
    expect(() => bus.publish('trainingJob', job('bad'))).toThrow('failed');
    expect(received).toEqual(['bad', 'good']);
  });
});
