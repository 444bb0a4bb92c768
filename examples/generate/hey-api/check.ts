// Runs main.ts, makes the other calls, and holds what docs/generate.md says of functions and types.
import assert from 'node:assert/strict';
import * as sdk from './contract/index.js';
import { auth, authorized, gateway, project_id, unauthorized } from './main.js';

assert.equal(authorized.response?.status, 201);
assert.equal(auth.auth_result.status, 'SUCCESS');
assert.equal(auth.auth_role, 'PROVIDER');
const time: string | undefined = auth.auth_time;
assert.match(time ?? '', /^20.*Z$/);
assert.match(authorized.response?.headers.get('X-Request-Id') ?? '', /^[0-9a-f]{32}$/);
assert.equal(unauthorized.response?.status, 200);
assert.equal(unauthorized.data?.unauth_result[0].success, true);

const cancel = (app_auth_id: string, baseUrl = process.env.APPGRANT_ENDPOINT) =>
  sdk.cancelingAuthorizationV2({ baseUrl, path: { ...gateway, app_auth_id } });
const cancelled = await cancel(auth.id!);
assert.equal(cancelled.response?.status, 204);
assert.equal(cancelled.error, undefined);
assert.equal(cancelled.data, null);
const again = await cancel(auth.id!);
assert.equal(again.response?.status, 404);
const code: string | undefined = again.error?.error_code;
assert.equal(code, 'APIG.3009');

const deleted = await sdk.deleteAppCodeV2({
  path: {
    project_id,
    instance_id: 'a1b2c3d4-0000-4000-8000-00000000000a',
    app_id: 'cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d',
    app_code_id: 'c0de0000000000000000000000000001',
  },
});
assert.equal(deleted.response?.status, 204);
assert.equal(deleted.data, null);

const action: sdk.AuthorizationAction = {
  api_id: '47046fe7830c1be77cb0dc23bd86afa5',
  instance_id: 'APIG',
  app_id: '908489209a320df61607355c57c82882',
  apply_type: 'APPLY_TYPE_AUTHORIZE',
  time: '2099-01-01T10:00:00.000Z',
};
const acted = await sdk.authorizeActionApiToInstance({
  path: { project_id },
  headers: { workspace: '0' },
  body: action,
});
assert.equal(acted.response?.status, 204);
assert.equal(acted.data, null);

// Anything but the five actions does not compile.
// @ts-expect-error
const revoke: sdk.AuthorizationAction['apply_type'] = 'APPLY_TYPE_REVOKE';

// A member with a default is optional.
const apps: sdk.AppsToUnauthorize = { apps: [] };

// A pattern is for the server to hold.
const malformed = await cancel('no id');
assert.equal(malformed.response?.status, 400);
assert.equal(malformed.error?.error_code, 'APIG.2012');

// A status that the contract does not list for an operation: here 404, since there is no such path.
const unlisted = await sdk.authorizeActionApiToInstance({
  baseUrl: `${process.env.APPGRANT_ENDPOINT}/nowhere`,
  path: { project_id },
  body: action,
});
assert.equal(unlisted.response?.status, 404);
assert.equal(unlisted.error?.error_code, 'APIGW.0101');

// Nobody listens there: what fetch threw is the error.
const unheard = await cancel(auth.id!, 'http://127.0.0.1:2');
assert.equal(unheard.response, undefined);
const thrown: unknown = unheard.error;
assert.ok(thrown instanceof TypeError);
assert.equal((thrown.cause as { code: string }).code, 'ECONNREFUSED');
