import { expect, it } from 'vitest';
import { reportText } from './findings';

it('A diagnostics report holds every finding and every error, one line each', () => {
  const text = reportText({
    at: Date.UTC(2026, 10, 30, 12),
    requestId: 'req_1',
    groups: [
      {
        title: 'Sound',
        findings: [
          { what: 'AAC music', state: 'yes', detail: 'probably' },
          { what: 'Sound', state: 'no', detail: '' },
          { what: 'Rate', state: 'fact', detail: '48000 Hz' },
        ],
      },
    ],
    errors: [{ at: Date.UTC(2026, 10, 30, 11), path: '/projects', text: 'TypeError: a\nb' }],
  });
  expect(text.split('\n')).toEqual([
    'Echoes diagnostics, 2026-11-30T12:00:00Z, request req_1',
    '',
    'Sound',
    '  AAC music: yes, probably',
    '  Sound: no',
    '  Rate: 48000 Hz',
    '',
    'Last errors on this device',
    '  2026-11-30T11:00:00Z /projects TypeError: a b',
    '',
  ]);
});
