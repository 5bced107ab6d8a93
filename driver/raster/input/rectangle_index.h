// Which of many rectangles touch another one.
#pragma once

#include "stac/grid/bounds.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace tiledir::raster
{

/// Immutable; searched by many threads at once.
class RectangleIndex
{
public:
    explicit RectangleIndex(const std::vector<stac::Bounds> &rectangles);
    ~RectangleIndex();
    RectangleIndex(const RectangleIndex &) = delete;
    RectangleIndex &operator=(const RectangleIndex &) = delete;

    /// Indices of the rectangles that share a point with `bounds`, edges included, in order.
    std::vector<std::size_t> touching(const stac::Bounds &bounds) const;

private:
    struct Tree;
    std::unique_ptr<Tree> m_tree;
};

} // namespace tiledir::raster
