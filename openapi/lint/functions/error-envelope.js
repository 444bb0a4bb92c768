// Whether every error answers with the one envelope, by reference to it.

/**
 * On a whole document whose references are not resolved.
 * @param {object} document
 * @param {{schema: string, members: string[]}} options the reference to the envelope, and
 *   the texts that are always in it
 */
export default function errorEnvelope(document, { schema, members }) {
  const findings = new Map()
  const report = (path, message) => findings.set(path.join('\n'), { path, message })

  for (const [path, response] of errors(document)) {
    const content = Object.entries(response.content ?? {})
    if (content.length === 0) report(path, `an error without a body, in place of ${schema}`)
    for (const [type, media] of content) {
      if (media?.schema?.$ref !== schema) report([...path, 'content', type], `an error whose schema is not a $ref to ${schema}`)
    }
  }

  const envelope = lookUp(document, schema)
  for (const member of findings.size > 0 || envelope ? members : []) {
    if (envelope?.required?.includes(member) && typeOf(envelope.properties?.[member], document) === 'string') continue
    report(envelope ? pointer(schema) : ['components'], `the envelope of errors must have a text ${member}, always`)
  }
  return [...findings.values()]
}

// errors are the responses of all operations that tell a failure, where they are written.
function* errors(document) {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item ?? {})) {
      for (const [status, response] of Object.entries(operation?.responses ?? {})) {
        if (!/^([45]|default$)/.test(status) || !response) continue
        if (!response.$ref) yield [['paths', path, method, 'responses', status], response]
        else if (lookUp(document, response.$ref)) yield [pointer(response.$ref), lookUp(document, response.$ref)]
      }
    }
  }
}

// typeOf sees through a reference, and through one that has words of its own.
function typeOf(schema, document) {
  if (schema?.$ref) return typeOf(lookUp(document, schema.$ref), document)
  return schema?.type ?? (schema?.allOf?.length === 1 ? typeOf(schema.allOf[0], document) : undefined)
}

function pointer(reference) {
  return String(reference).slice('#/'.length).split('/').map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function lookUp(document, reference) {
  return pointer(reference).reduce((node, part) => node?.[part], document)
}
