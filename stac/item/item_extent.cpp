#include "stac/item/item_extent.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>

namespace tiledir::stac
{

namespace
{

constexpr const char *kShape = "proj:shape";         ///< rows, columns
constexpr const char *kTransform = "proj:transform"; ///< x = a col + b row + c, y = d col + e row + f
constexpr double kWhole = 1e-3;                      ///< of a pixel

std::optional<std::array<double, 6>> numbers_of(const nlohmann::json &json, std::size_t least)
{
    std::array<double, 6> numbers{};
    if (!json.is_array() || json.size() < least)
    {
        return std::nullopt;
    }
    for (std::size_t index = 0; index < least; ++index)
    {
        if (!json[index].is_number())
        {
            return std::nullopt;
        }
        numbers[index] = json[index].get<double>();
    }
    return numbers;
}

} // namespace

std::optional<PixelWindow> item_extent(const TiledAssetsItem &item, const TileMatrix &matrix)
{
    const auto member = [&item](const char *name) { return item.extra_properties.value(name, nlohmann::json()); };
    const auto shape = numbers_of(member(kShape), 2);
    const auto transform = numbers_of(member(kTransform), 6);
    if (!shape || !transform)
    {
        return std::nullopt;
    }
    const auto [rows, cols] = std::array{(*shape)[0], (*shape)[1]};
    const auto &[a, b, c, d, e, f] = *transform;
    const double cell = matrix.cell_size;
    const double col = (c - matrix.origin_x) / cell;
    const double row = (matrix.top() - f) / cell;
    const PixelWindow all = matrix.window();
    const auto is_whole = [](double value) { return std::abs(value - std::round(value)) < kWhole; };
    const bool fits = b == 0 && d == 0 && std::abs(a - cell) * cols < kWhole * cell &&
                      std::abs(e + cell) * rows < kWhole * cell && is_whole(col) && is_whole(row) && is_whole(rows) &&
                      is_whole(cols) && rows >= 1 && cols >= 1 && col > -kWhole && row > -kWhole &&
                      col + cols < static_cast<double>(all.width) + kWhole &&
                      row + rows < static_cast<double>(all.height) + kWhole;
    return fits ? std::optional(
                      PixelWindow{std::llround(col), std::llround(row), std::llround(cols), std::llround(rows)})
                : std::nullopt;
}

void set_item_extent(TiledAssetsItem &item, const TileMatrix &matrix, const PixelWindow &window)
{
    const Bounds bounds = matrix.bounds(window);
    item.extra_properties[kShape] = {window.height, window.width};
    item.extra_properties[kTransform] = {matrix.cell_size, 0, bounds.min_x, 0, -matrix.cell_size, bounds.max_y};
}

} // namespace tiledir::stac
