// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/shared.hpp"

#include "datasets/generated.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace psephos::datasets {

namespace {

/// Objects by key while somebody holds them. A second caller waits while the first one reads.
template <typename T>
class Cache {
  public:
    lab::Result<std::shared_ptr<const T>> find(const std::string& key,
                                               const std::function<lab::Result<T>()>& make) {
        const std::lock_guard lock(mutex_);
        std::erase_if(known_, [](const auto& item) { return item.second.expired(); });
        if (auto held = known_[key].lock()) {
            return held;
        }
        auto made = make();
        if (!made) {
            return made.error();
        }
        auto shared = std::make_shared<const T>(std::move(*made));
        known_[key] = shared;
        return shared;
    }

  private:
    std::mutex mutex_; ///< guards known_, also while an object is made
    std::map<std::string, std::weak_ptr<const T>> known_;
};

Cache<Text>& texts() {
    static Cache<Text> cache;
    return cache;
}

Cache<Labelled>& labelledSets() {
    static Cache<Labelled> cache;
    return cache;
}

/// Another key for another content, as far as the file system tells.
std::string keyOf(const std::filesystem::path& path) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path, ignored);
    const auto changed = std::filesystem::last_write_time(path, ignored);
    return path.string() + "\n" + std::to_string(size) + "\n" +
           std::to_string(changed.time_since_epoch().count());
}

} // namespace

lab::Result<std::shared_ptr<const Text>> sharedText(const std::filesystem::path& path) {
    if (path.empty()) {
        return texts().find("", [] { return lab::Result<Text>(builtInText()); });
    }
    return texts().find(keyOf(path), [&path] { return readText(path); });
}

lab::Result<std::shared_ptr<const Labelled>> sharedLabelled(const std::filesystem::path& path) {
    return labelledSets().find(keyOf(path), [&path] { return readLabelled(path); });
}

std::shared_ptr<const Labelled> sharedSeriesDigits() {
    return labelledSets()
        .find("series", [] { return lab::Result<Labelled>(seriesDigits()); })
        .value();
}

std::shared_ptr<const Labelled> sharedPaintedDigits() {
    return labelledSets()
        .find("painted", [] { return lab::Result<Labelled>(paintedDigits()); })
        .value();
}

std::shared_ptr<const Labelled> sharedHouseNumbers() {
    return labelledSets()
        .find("house numbers", [] { return lab::Result<Labelled>(houseNumbers()); })
        .value();
}

} // namespace psephos::datasets
