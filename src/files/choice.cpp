// A word is tried as a path first, to the letter, then in any letters, and only then as a pattern: names on discs hold brackets too.
#include <algorithm>
#include <unordered_set>

#include "pressmark/extract.h"

#include "core/text.h"
#include "files/glob.h"

namespace pressmark {

namespace {

struct Word {
  std::string path;     // without '/' around it
  std::string lowered;  // the same for any letters
  files::Glob glob;
  enum class Fit : std::uint8_t { none, pattern, letters, exact } best = Fit::none;
};

bool is_or_is_in(std::string_view path, std::string_view word) {
  return path.starts_with(word) && (word.empty() || path.size() == word.size() || path[word.size()] == '/');
}

Word::Fit fit(const Word& word, const std::string& path) {
  if (is_or_is_in(path, word.path)) return Word::Fit::exact;
  if (is_or_is_in(lower(path), word.lowered)) return Word::Fit::letters;
  return word.glob.matches(path) ? Word::Fit::pattern : Word::Fit::none;
}

std::vector<Word> parse(std::span<const std::string> texts) {
  std::vector<Word> words;
  for (std::string_view text : texts) {
    while (text.starts_with('/')) text.remove_prefix(1);
    while (text.ends_with('/')) text.remove_suffix(1);
    words.push_back({.path = std::string{text}, .lowered = lower(text), .glob = files::Glob{text}});
  }
  return words;
}

/// Every name of the file in its preferred view, so that hard links are files of their own.
void choose_all(const Volume& volume, Choice& choice) {
  for (std::uint32_t i = 0; i < volume.files().size(); ++i) {
    const VolumeFile& file = volume.files()[i];
    if (volume.session(file) < volume.sessions()) continue;
    const auto paths = volume.paths(file);
    for (const Volume::Path& path : paths)
      if (path.view == paths[0].view && path.session == paths[0].session) choice.files.push_back({i, path.name});
  }
}

}  // namespace

Choice choose_files(const Volume& volume, std::span<const std::string> texts) {
  Choice choice;
  std::vector<Word> words = parse(texts);
  if (words.empty()) choose_all(volume, choice);
  for (const VolumeFile& file : volume.files())
    for (const Volume::Path& path : volume.paths(file))
      for (Word& word : words) word.best = std::max(word.best, fit(word, path.text));
  std::unordered_set<std::uint32_t> names;   // that have been chosen
  std::unordered_set<std::size_t> of_later;  // hashes of paths by which files of the last session were chosen
  for (const Word& word : words) {
    if (word.best == Word::Fit::none) continue;
    for (std::uint32_t i = 0; i < volume.files().size(); ++i) {
      // The preferred view in which the word fits is the one that it means: a file is not chosen again for each of its views.
      const auto paths = volume.paths(volume.files()[i]);
      const auto fits = [&](const Volume::Path& path) { return fit(word, path.text) == word.best; };
      const auto meant = std::ranges::find_if(paths, fits);
      for (auto path = meant; path != paths.end() && path->view == meant->view; ++path) {
        if (!fits(*path)) continue;
        const std::size_t hash = std::hash<std::string>{}(path->text);
        if (path->session < volume.sessions() && of_later.contains(hash)) continue;
        of_later.insert(hash);
        if (names.insert(path->name).second) choice.files.push_back({i, path->name});
      }
    }
  }
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i].best == Word::Fit::none) choice.unmatched.push_back(texts[i]);
  return choice;
}

}  // namespace pressmark
