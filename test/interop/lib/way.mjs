// By which way a connection goes, in a page and in Node.

/** All of getStats, by id. @param {RTCPeerConnection} pc @returns {Promise<Map<string, any>>} */
export async function reportOf(pc) {
  const report = new Map();
  (await pc.getStats()).forEach((value, key) => {
    report.set(key, value);
  });
  return report;
}

/** The pair that is in use, whatever the browser calls it. @param {Map<string, any>} report */
export function selectedPair(report) {
  const all = [...report.values()];
  const { selectedCandidatePairId } = all.find(({ type }) => type === "transport") ?? {};
  const isInUse = ({ type, selected, nominated, state }) =>
    type === "candidate-pair" && (selected || (nominated && state === "succeeded"));
  return report.get(selectedCandidatePairId) ?? all.find(isInUse);
}

/** The pair in use and what went by it, and which kinds of candidates this side has told. @param {RTCPeerConnection} pc */
export async function wayOf(pc) {
  const report = await reportOf(pc);
  const pair = selectedPair(report);
  const { candidateType, relayProtocol, url, address } = report.get(pair?.localCandidateId) ?? {};
  const remote = report.get(pair?.remoteCandidateId) ?? {};
  const told = (pc.currentLocalDescription?.sdp ?? "").match(/(?<=^a=candidate:.* typ )\S+/gm) ?? [];
  const { bytesSent, bytesReceived } = pair ?? {};
  const far = { candidateType: remote.candidateType, address: remote.address };
  return { told: [...new Set(told)], candidateType, relayProtocol, url, address, remote: far, bytesSent, bytesReceived };
}
