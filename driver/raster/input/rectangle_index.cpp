#include "driver/raster/input/rectangle_index.h"

#include <cpl_conv.h>
#include <cpl_quad_tree.h>

#include <algorithm>
#include <cstdint>

namespace tiledir::raster
{

namespace
{

CPLRectObj rectangle(const stac::Bounds &bounds)
{
    return {bounds.min_x, bounds.min_y, bounds.max_x, bounds.max_y};
}

/// GDAL's tree holds pointers: an index, counted from 1, stands for one.
void *as_feature(std::size_t index)
{
    return reinterpret_cast<void *>(static_cast<std::uintptr_t>(index + 1)); // NOLINT(performance-no-int-to-ptr)
}

std::size_t as_index(const void *feature)
{
    return static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(feature)) - 1;
}

struct TreeDestroy
{
    void operator()(CPLQuadTree *tree) const { CPLQuadTreeDestroy(tree); }
};

} // namespace

struct RectangleIndex::Tree
{
    std::unique_ptr<CPLQuadTree, TreeDestroy> quads;
};

RectangleIndex::RectangleIndex(const std::vector<stac::Bounds> &rectangles)
    : m_tree(std::make_unique<Tree>())
{
    stac::Bounds all;
    for (const stac::Bounds &each : rectangles)
    {
        all = all.united(each);
    }
    const CPLRectObj world = rectangle(all);
    m_tree->quads.reset(CPLQuadTreeCreate(&world, nullptr));
    CPLQuadTreeSetMaxDepth(m_tree->quads.get(), CPLQuadTreeGetAdvisedMaxDepth(
                                                    static_cast<int>(std::max<std::size_t>(1, rectangles.size()))));
    for (std::size_t i = 0; i < rectangles.size(); ++i)
    {
        const CPLRectObj each = rectangle(rectangles[i]);
        CPLQuadTreeInsertWithBounds(m_tree->quads.get(), as_feature(i), &each);
    }
}

RectangleIndex::~RectangleIndex() = default;

std::vector<std::size_t> RectangleIndex::touching(const stac::Bounds &bounds) const
{
    const CPLRectObj area = rectangle(bounds);
    int count = 0;
    const std::unique_ptr<void *, decltype(&VSIFree)> found(CPLQuadTreeSearch(m_tree->quads.get(), &area, &count),
                                                            VSIFree);
    std::vector<std::size_t> indices;
    indices.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
    {
        indices.push_back(as_index(found.get()[i]));
    }
    std::sort(indices.begin(), indices.end());
    return indices;
}

} // namespace tiledir::raster
