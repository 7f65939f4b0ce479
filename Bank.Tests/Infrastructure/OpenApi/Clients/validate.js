// Validates every example of the document, and real responses, with ajv: node validate.js openapi.json sent.json
// The second file is a list of {method, path, status, type, body}.
const fs = require('fs');
const Ajv = require('ajv/dist/2020');
const addFormats = require('ajv-formats');

const [api, sent] = process.argv.slice(2).map(file => JSON.parse(fs.readFileSync(file, 'utf8')));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addFormat('decimal', true);
ajv.addSchema(api, 'api');

const errors = [];
const checked = { examples: 0, responses: 0 };
const escape = name => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
const resolve = node => node.$ref
  ? node.$ref.slice(2).split('/').reduce((found, name) => found[name], api)
  : node;

function check(kind, place, value) {
  const validate = ajv.compile({ $ref: 'api#/' + place.map(escape).join('/') });
  checked[kind]++;
  if (!validate(value))
    errors.push(`${place.join(' ')}: ${JSON.stringify(value)}: ${ajv.errorsText(validate.errors)}`);
}

function checkContent(place, content) {
  for (const [type, media] of Object.entries(content ?? {})) {
    const schema = [...place, 'content', type, 'schema'];
    if ('example' in media) check('examples', schema, media.example);
    for (const example of Object.values(media.examples ?? {})) check('examples', schema, example.value);
  }
}

function placeOf(operation, place, status) {
  const response = operation.responses[status] ? status : 'default';
  const { $ref } = operation.responses[response];
  return $ref ? $ref.slice(2).split('/') : [...place, 'responses', response];
}

for (const [name, schema] of Object.entries(api.components.schemas))
  for (const [member, property] of Object.entries(schema.properties ?? {}))
    for (const example of property.examples ?? [])
      check('examples', ['components', 'schemas', name, 'properties', member], example);

for (const [name, response] of Object.entries(api.components.responses))
  checkContent(['components', 'responses', name], response.content);

const routes = [];
for (const [path, operations] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    const place = ['paths', path, method];
    const pattern = new RegExp(`^${path.replace(/\/$/, '').replace(/\{[^}]+\}/g, '[^/]+')}/?$`);
    routes.push({ place, method, operation, pattern, parameters: path.split('{').length });
    checkContent([...place, 'requestBody'], operation.requestBody?.content);
    (operation.parameters ?? []).forEach((parameter, index) => {
      if ('example' in parameter)
        check('examples', [...place, 'parameters', `${index}`, 'schema'], parameter.example);
    });
    for (const status of Object.keys(operation.responses))
      checkContent(placeOf(operation, place, status), resolve(operation.responses[status]).content);
  }
}

routes.sort((one, other) => one.parameters - other.parameters);

for (const { method, path, status, type, body } of sent) {
  const { place, operation } = routes.find(route => route.method === method && route.pattern.test(path));
  check('responses', [...placeOf(operation, place, `${status}`), 'content', type, 'schema'], body);
}

console.log(JSON.stringify(checked));
if (errors.length > 0) {
  console.error(errors.join('\n'));
  process.exit(1);
}
