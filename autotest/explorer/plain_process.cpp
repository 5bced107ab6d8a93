// The only kind of process of the explorer: tiles of one value, which tells the recipe and the input. Replaces the
// processes of built_in_processes.cpp.
#include "driver/raster/pixels/pixel_block.h"
#include "stac/error.h"
#include "tools/engine/processes/built_in/built_in_processes.h"

#include <gdal_priv.h>

namespace tiledir::engine
{
namespace
{

/// The value of the recipe plus ten times that of the input, as it was when the process was made.
class Plain : public Process
{
public:
    explicit Plain(int value)
        : m_value(value)
    {
    }

    ProcessOutput output() const override { return {{"plain"}, GDT_Byte, 0, false, ValueRange{1, 255}}; }
    int pixel_buffer() const override { return 0; }
    raster::PixelBlock run(const stac::TileMatrix &, const stac::PixelWindow &window,
                           const std::map<std::string, raster::PixelBlock> &) const override
    {
        raster::PixelBlock pixels(static_cast<int>(window.width), static_cast<int>(window.height), 1, GDT_Byte);
        pixels.fill(m_value);
        return pixels;
    }

private:
    const int m_value;
};

int value_of_input(const raster::Mosaic &input)
{
    const std::string path = input.sources().front().path;
    const auto file = input.open_file(path);
    unsigned char value = 0;
    if (!file || file->RasterIO(GF_Read, 0, 0, 1, 1, &value, 1, 1, GDT_Byte, 1, nullptr, 0, 0, 0, nullptr) != CE_None)
    {
        throw InputError(path + ": cannot be read");
    }
    return value;
}

} // namespace

ProcessRegistry built_in_processes()
{
    constexpr int kInputs = 10;
    ProcessRegistry processes;
    processes.add({"plain",
                   "Tiles of one value",
                   Schema({Key("value", KeyType::Integer, "of the recipe").must_be_given()}),
                   {"dem"},
                   [](const ProcessSetting &setting)
                   {
                       return std::make_unique<Plain>(setting.parameters["value"].get<int>() +
                                                      kInputs * value_of_input(*setting.inputs.at("dem").mosaic));
                   }});
    return processes;
}

} // namespace tiledir::engine
