import { describe, expect, it } from 'vitest';
import { isAlertAddress, mayBeTold } from './alert-address';

describe('an address for alerts', () => {
  it.each([
    'https://hooks.example.com/services/T0/B0?x=1',
    'https://example.com:8443/',
    'https://8.8.8.8/hook',
    'https://[2606:4700::1111]/hook',
  ])('an address for alerts may be public and encrypted: %s', (address) => {
    expect(isAlertAddress(address)).toBe(true);
    expect(mayBeTold(address, 'https://echoes.example')).toBe(true);
  });

  it.each([
    'http://example.com/',
    'ftp://example.com/',
    'https://user:password@example.com/',
    'https://localhost/',
    'https://intranet/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://metadata.google.internal./',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[2002:a00:1::]/',
    'http://10.0.0.1/',
    'http://localhost.example.com/',
    'javascript:alert(1)',
    'not an address',
    '',
  ])('an address for alerts is not accepted: %s', (address) => {
    expect(isAlertAddress(address)).toBe(false);
  });

  it('an address for alerts may be this machine without encryption, if Echoes runs on it', () => {
    const address = 'http://localhost:8788/alerts';
    expect(isAlertAddress(address)).toBe(true);
    expect(mayBeTold(address, 'http://localhost:8787')).toBe(true);
    expect(mayBeTold(address, 'https://echoes.example')).toBe(false);
  });
});
