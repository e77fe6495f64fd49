import { capture, CodedError } from '@rivero/sdk';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { deviceProblemOf } from './device-problem.ts';

afterEach(() => vi.unstubAllGlobals());

async function refusal(name: string, message: string): Promise<unknown> {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', {
    mediaDevices: { getUserMedia: () => Promise.reject(Object.assign(new Error(message), { name })) },
  });
  return await capture('camera').catch((error: unknown) => error);
}

describe('what a browser throws', () => {
  it.each([
    // Chromium 156: media_stream_manager and user_media_request.
    ['NotAllowedError', 'Permission denied', 'denied', 'denied'],
    ['NotAllowedError', 'Permission dismissed', 'prompt', 'dismissed'],
    ['NotAllowedError', 'Permission denied by system', 'granted', 'denied-by-system'],
    ['NotFoundError', 'Requested device not found', 'granted', 'missing'],
    ['NotReadableError', 'Could not start video source', 'granted', 'busy'],
    ['AbortError', 'Timeout starting video source', 'granted', 'busy'],
    // Firefox 153.
    [
      'NotAllowedError',
      'The request is not allowed by the user agent or the platform in the current context.',
      'denied',
      'denied',
    ],
    [
      'NotAllowedError',
      'The request is not allowed by the user agent or the platform in the current context.',
      undefined,
      'denied',
    ],
    ['NotFoundError', 'The object can not be found here.', 'prompt', 'missing'],
    ['NotReadableError', 'Failed to allocate videosource', 'prompt', 'busy'],
    ['AbortError', 'Starting videoinput failed', 'prompt', 'busy'],
    ['OverconstrainedError', 'Constraints could be not satisfied.', 'granted', 'unsuitable'],
    ['TypeError', 'odd', 'granted', 'failed'],
  ] as const)('%s: %s, with the permission %s, is the problem %s', async (name, message, permission, problem) => {
    expect(deviceProblemOf(await refusal(name, message), permission)).toBe(problem);
  });

  it('from a page that is not secure is the problem insecure', async () => {
    vi.stubGlobal('isSecureContext', false);
    expect(deviceProblemOf(await capture('camera').catch((error: unknown) => error), 'denied')).toBe('insecure');
  });

  it('from an app that shows the page inside itself, and gives it no devices, is the problem unsupported', async () => {
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('navigator', {});
    expect(deviceProblemOf(await capture('camera').catch((error: unknown) => error), undefined)).toBe('unsupported');
  });

  it('that is none of ours, or a device that went, has its problem too', () => {
    expect(deviceProblemOf(new TypeError('odd'), 'granted')).toBe('failed');
    expect(deviceProblemOf(new CodedError('device-lost', ''), 'granted')).toBe('lost');
  });
});
