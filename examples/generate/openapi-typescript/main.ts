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

export { auth, authorized, client, gateway, project_id, unauthorized };
