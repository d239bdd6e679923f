// SPDX-License-Identifier: GPL-3.0-or-later
// What is said about ratings, in full sentences.
#pragma once

#include "choice/fit_quality.hpp"
#include "choice/ratings.hpp"
#include "choice/top_flip.hpp"
#include "lab/note.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace psephos::experiments {

/// How a component is called: its members, the first three by name.
[[nodiscard]] std::string componentName(std::span<const std::string> names,
                                        const std::vector<std::size_t>& members);

/// About the ratings: the groups that can't be compared, who leads, what the equations miss by,
/// what is fixed, where the intervals come from, ties and covariates.
[[nodiscard]] std::vector<lab::Note> ratingNotes(std::span<const std::string> names,
                                                 const choice::RatingOptions& options,
                                                 const choice::Ratings& ratings);

/// About the model: misfit and circles.
[[nodiscard]] std::vector<lab::Note> modelNotes(std::span<const std::string> names,
                                                const choice::RatingOptions& options,
                                                const choice::GoodnessOfFit& quality,
                                                const choice::CyclicShare& cyclic,
                                                const std::optional<choice::Triangle>& triangle);

/// How few battles hold the top.
[[nodiscard]] lab::Note flipNote(std::span<const std::string> names,
                                 const std::optional<choice::TopFlip>& flip);

} // namespace psephos::experiments
