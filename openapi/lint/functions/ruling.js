// Whether an x-ruling has one of the two forms the contract gives it.

/** On an object that may have an x-ruling. */
export default function ruling({ 'x-ruling': given, ...siblings }) {
  if (given === undefined || isSentence(given)) return []
  const reasons = typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.entries(given) : []
  if (reasons.length === 0) return [{ message: 'an x-ruling is a sentence, or a map from members to sentences' }]
  return reasons.flatMap(([member, reason]) => {
    if (!(member in siblings)) return [{ message: `an x-ruling on ${member}, which is not there` }]
    return isSentence(reason) ? [] : [{ message: `an x-ruling without a reason for ${member}` }]
  })
}

function isSentence(value) {
  return typeof value === 'string' && value.trim() !== ''
}
