#include "stac/item/pixel_buffer.h"

#include <array>
#include <utility>

namespace tiledir::stac
{

namespace
{

constexpr std::array<std::pair<const char *, int PixelBuffer::*>, 4> kSides{{{"top", &PixelBuffer::top},
                                                                             {"left", &PixelBuffer::left},
                                                                             {"bottom", &PixelBuffer::bottom},
                                                                             {"right", &PixelBuffer::right}}};
constexpr std::array<std::pair<const char *, bool PixelBuffer::*>, 4> kBorders{
    {{"border_top", &PixelBuffer::border_top},
     {"border_left", &PixelBuffer::border_left},
     {"border_bottom", &PixelBuffer::border_bottom},
     {"border_right", &PixelBuffer::border_right}}};

} // namespace

bool PixelBuffer::operator==(const PixelBuffer &other) const
{
    bool equal = true;
    for (const auto &[name, member] : kSides)
    {
        equal = equal && this->*member == other.*member;
    }
    for (const auto &[name, member] : kBorders)
    {
        equal = equal && this->*member == other.*member;
    }
    return equal;
}

PixelBuffer PixelBuffer::from_json(const JsonNode &json)
{
    PixelBuffer buffer;
    json.object();
    for (const auto &[name, member] : kSides)
    {
        if (const auto side = json.find(name))
        {
            buffer.*member = static_cast<int>(side->integer(0, kMaxPixels));
        }
    }
    for (const auto &[name, member] : kBorders)
    {
        if (const auto border = json.find(name))
        {
            buffer.*member = border->boolean();
        }
    }
    return buffer;
}

nlohmann::ordered_json PixelBuffer::to_json() const
{
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    const PixelBuffer plain;
    for (const auto &[name, member] : kSides)
    {
        if (this->*member != plain.*member)
        {
            json[name] = this->*member;
        }
    }
    for (const auto &[name, member] : kBorders)
    {
        if (this->*member != plain.*member)
        {
            json[name] = this->*member;
        }
    }
    return json;
}

} // namespace tiledir::stac
