#include "report/members.h"

#include <string>

namespace pressmark {

nlohmann::ordered_json digests_json(const std::vector<Digest>& digests) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const Digest& digest : digests) json[std::string{to_string(digest.kind)}] = digest.hex();
  return json;
}

}  // namespace pressmark
