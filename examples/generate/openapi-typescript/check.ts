// Runs main.ts, makes the other calls, and holds what docs/generate.md says of types and client.
import assert from 'node:assert/strict';
import type { components } from './contract.js';
import { auth, authorized, client, gateway, project_id, unauthorized } from './main.js';
import type { components as untold } from './untold.js';

assert.equal(authorized.response.status, 201);
assert.equal(auth.auth_result.status, 'SUCCESS');
assert.equal(auth.auth_role, 'PROVIDER');
const time: string | undefined = auth.auth_time;
assert.match(time ?? '', /^20.*Z$/);
assert.match(authorized.response.headers.get('X-Request-Id') ?? '', /^[0-9a-f]{32}$/);
assert.equal(unauthorized.response.status, 200);
assert.equal(unauthorized.data?.unauth_result[0].success, true);

const cancel = (app_auth_id: string, baseUrl = process.env.APPGRANT_ENDPOINT) =>
  client.DELETE('/v2/{project_id}/apigw/instances/{instance_id}/app-auths/{app_auth_id}', {
    baseUrl,
    params: { path: { ...gateway, app_auth_id } },
  });
const cancelled = await cancel(auth.id!);
assert.equal(cancelled.response.status, 204);
assert.equal(cancelled.data, undefined);
assert.equal(cancelled.error, undefined);
const again = await cancel(auth.id!);
assert.equal(again.response.status, 404);
const code: string | undefined = again.error?.error_code;
assert.equal(code, 'APIG.3009');

const deleted = await client.DELETE(
  '/v2/{project_id}/apic/instances/{instance_id}/apps/{app_id}/app-codes/{app_code_id}',
  {
    params: {
      path: {
        project_id,
        instance_id: 'a1b2c3d4-0000-4000-8000-00000000000a',
        app_id: 'cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d',
        app_code_id: 'c0de0000000000000000000000000001',
      },
    },
  },
);
assert.equal(deleted.response.status, 204);
assert.equal(deleted.data, undefined);

type Action = components['schemas']['AuthorizationAction'];
const action: Action = {
  api_id: '47046fe7830c1be77cb0dc23bd86afa5',
  instance_id: 'APIG',
  app_id: '908489209a320df61607355c57c82882',
  apply_type: 'APPLY_TYPE_AUTHORIZE',
  time: '2099-01-01T10:00:00.000Z',
};
const acted = await client.POST('/v1/{project_id}/service/apis/authorize/action', {
  params: { path: { project_id }, header: { workspace: '0' } },
  body: action,
});
assert.equal(acted.response.status, 204);
assert.equal(acted.data, undefined);

// Anything but the five actions does not compile.
// @ts-expect-error
const revoke: Action['apply_type'] = 'APPLY_TYPE_REVOKE';

// A member with a default is mandatory, unless the generator is told otherwise.
const apps: components['schemas']['AppsToUnauthorize'] = { apps: [] };
// @ts-expect-error
const mandatory: untold['schemas']['AppsToUnauthorize'] = { apps: [] };

// A pattern is for the server to hold.
const malformed = await cancel('no id');
assert.equal(malformed.response.status, 400);
assert.equal(malformed.error?.error_code, 'APIG.2012');

// A status that the contract does not list for an operation: here 404, since there is no such path.
const unlisted = await client.POST('/v1/{project_id}/service/apis/authorize/action', {
  baseUrl: `${process.env.APPGRANT_ENDPOINT}/nowhere`,
  params: { path: { project_id } },
  body: action,
});
assert.equal(unlisted.response.status, 404);
assert.equal(unlisted.error?.error_code, 'APIGW.0101');

// Nobody listens there.
await assert.rejects(cancel(auth.id!, 'http://127.0.0.1:2'), (e) => {
  assert.ok(e instanceof TypeError);
  return (e.cause as { code: string }).code === 'ECONNREFUSED';
});
