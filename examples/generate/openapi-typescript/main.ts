// The five calls, with types by openapi-typescript and a client by openapi-fetch.
import assert from 'node:assert/strict';
import type { components } from './contract.js';
// #region use
import createClient from 'openapi-fetch';
import type { paths } from './contract.js';

const client = createClient<paths>({
  baseUrl: process.env.APPGRANT_ENDPOINT,
  headers: { 'X-Auth-Token': process.env.APPGRANT_TOKEN },
});
const project_id = process.env.APPGRANT_PROJECT!;
const gateway = { project_id, instance_id: 'f0fa1789-3b76-433b-a787-9892951c620e' };

const authorized = await client.POST('/v2/{project_id}/apigw/instances/{instance_id}/app-auths', {
  params: { path: gateway },
  body: {
    env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
    app_ids: ['356de8eb7a8742168586e5daf5339965'],
    api_ids: ['5f918d104dc84480a75166ba99efff21'],
  },
});
if (!authorized.data) throw new Error(JSON.stringify(authorized.error));
const [auth] = authorized.data.auths;
console.log(auth.auth_result.status, auth.id, authorized.response.headers.get('X-Request-Id'));

const unauthorized = await client.DELETE(
  '/v1/{project_id}/services/{service_id}/app-auth-apis/{api_id}/app-auth-api',
  {
    params: {
      path: {
        project_id,
        service_id: '5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44',
        api_id: 'logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2',
      },
    },
    body: { apps: [{ app_id: 'fb1a9eadd87b48abbd74b8ba1755dffd' }] },
  },
);
if (!unauthorized.data) throw new Error(JSON.stringify(unauthorized.error));
console.log(unauthorized.data.unauth_result[0].success);
// #endregion

assert.equal(authorized.response.status, 201);
assert.equal(auth.auth_result.status, 'SUCCESS');
assert.equal(auth.auth_role, 'PROVIDER');
assert.match(authorized.response.headers.get('X-Request-Id')!, /^[0-9a-f]{32}$/);
assert.equal(unauthorized.response.status, 200);
assert.equal(unauthorized.data.unauth_result[0].success, true);

const cancel = () =>
  client.DELETE('/v2/{project_id}/apigw/instances/{instance_id}/app-auths/{app_auth_id}', {
    params: { path: { ...gateway, app_auth_id: auth.id! } },
  });
const cancelled = await cancel();
assert.equal(cancelled.response.status, 204);
assert.equal(cancelled.error, undefined);
const again = await cancel();
assert.equal(again.response.status, 404);
assert.equal(again.error?.error_code, 'APIG.3009');

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

// Anything but the five actions does not compile.
// @ts-expect-error
const revoke: Action['apply_type'] = 'APPLY_TYPE_REVOKE';

// A status that the contract does not list for an operation: here 404, since there is no such path.
const unlisted = await client.POST('/v1/{project_id}/service/apis/authorize/action', {
  baseUrl: `${process.env.APPGRANT_ENDPOINT}/nowhere`,
  params: { path: { project_id } },
  body: action,
});
assert.equal(unlisted.response.status, 404);
assert.equal(unlisted.error?.error_code, 'APIGW.0101');
