// Whether a structure is written in two places instead of once, as a component.

// What tells about values but does not say which are valid. It may differ between two places.
const annotations = new Set(['title', 'description', 'default', 'example', 'examples', 'deprecated', 'externalDocs', '$comment'])
// Keywords whose value is a schema, a list of schemas, or a map of names to schemas.
const single = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames', 'unevaluatedItems', 'unevaluatedProperties']
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const maps = ['properties', 'patternProperties', 'dependentSchemas', '$defs']
// Where values stand, outside of schemas, that may look like anything.
const values = new Set(['example', 'examples'])

/**
 * On a whole document whose references are not resolved. A plain schema, which is a reference,
 * a type without a condition, or a list of such, is no structure and may be repeated. Of two
 * components with the same structure each has a meaning of its own.
 */
export default function repeatedSchema(document) {
  const places = new Map()
  for (const place of schemas(document, [])) {
    const structure = structureOf(place.schema)
    if (isPlain(structure)) continue
    const key = JSON.stringify(structure)
    places.set(key, [...(places.get(key) ?? []), place])
  }

  const findings = []
  for (const same of places.values()) {
    const home = same.find(({ named }) => named) ?? same[0]
    for (const place of same) {
      if (place === home || place.named) continue
      findings.push({
        path: place.path,
        message: `has the structure of #/${home.path.map(escape).join('/')}: refer to one component`,
      })
    }
  }
  const paths = new Set(findings.map(({ path }) => path.join('\n')))
  return findings.filter(({ path }) => !path.some((_, i) => i > 0 && paths.has(path.slice(0, i).join('\n'))))
}

// schemas are those below a node that is none, and those below them.
function* schemas(node, path) {
  for (const [key, child] of Object.entries(node)) {
    if (!isObject(child) || values.has(key) || key.startsWith('x-')) continue
    const here = [...path, key]
    if (key === 'schema') yield* within(child, here)
    else if (here.join('/') === 'components/schemas') {
      for (const [name, schema] of Object.entries(child)) yield* within(schema, [...here, name], true)
    } else yield* schemas(child, here)
  }
}

function* within(schema, path, named = false) {
  if (!isObject(schema)) return
  yield { schema, path, named }
  for (const key of single) yield* within(schema[key], [...path, key])
  for (const key of [...lists, ...maps]) {
    for (const [name, child] of Object.entries(schema[key] ?? {})) yield* within(child, [...path, key, name])
  }
}

// structureOf is the same for two schemas that the same values fit, as far as reading them tells.
function structureOf(schema) {
  if (!isObject(schema)) return schema
  if (typeof schema.$ref === 'string') return { $ref: schema.$ref }
  const structure = {}
  for (const key of Object.keys(schema).sort()) {
    if (annotations.has(key) || key.startsWith('x-')) continue
    const value = schema[key]
    if (single.includes(key)) structure[key] = structureOf(value)
    else if (lists.includes(key) && Array.isArray(value)) structure[key] = value.map(structureOf)
    else if (maps.includes(key) && isObject(value)) {
      structure[key] = Object.keys(value).sort().map(name => [name, structureOf(value[name])])
    } else structure[key] = ['required', 'enum', 'type'].includes(key) && Array.isArray(value) ? value.toSorted() : value
  }
  const { allOf, ...rest } = structure
  return allOf?.length === 1 && Object.keys(rest).length === 0 ? allOf[0] : structure
}

function isPlain({ $ref, type, format, items, ...conditions } = {}) {
  return Object.keys(conditions).length === 0 && (items == null || isPlain(items))
}

function isObject(value) {
  return typeof value === 'object' && value !== null
}

function escape(part) {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}
