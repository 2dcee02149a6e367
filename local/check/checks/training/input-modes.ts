import type { InputMode, TrainingRequest } from '../../../container';
import type { CheckedChannel } from '../../core/specification';

/** Whether a channel is read in a mode. */
export function uses({ inputMode = 'File' }: CheckedChannel, mode: InputMode): boolean {
  return inputMode === mode;
}

/** Whether a channel is read in a mode, or could be. */
export function supports(channel: CheckedChannel, mode: InputMode): boolean {
  return uses(channel, mode) || (channel.supportedModes ?? []).includes(mode);
}

/** The same run with the channels that may be read otherwise in another mode. */
export function inMode(from: InputMode, to: InputMode): (request: TrainingRequest) => TrainingRequest {
  return (request) => ({
    ...request,
    channels: request.channels?.map((channel: CheckedChannel) =>
      uses(channel, from) && (from !== 'File' || supports(channel, to)) ? { ...channel, inputMode: to } : channel,
    ),
  });
}
