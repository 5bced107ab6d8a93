#include "tools/engine/processes/steps.h"

#include "driver/raster/crs/globe.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/pixels/pixel_conversion.h"
#include "stac/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tiledir::engine
{
namespace
{

/// A step's only input that it needs, after the first: what was made before.
std::map<std::string, std::string> wiring_of(const Step &step, bool is_first)
{
    std::map<std::string, std::string> wiring;
    const auto &needed = step.kind->inputs;
    for (const std::string &name : needed)
    {
        wiring[name] = needed.size() == 1 && !is_first && !step.kind->reads ? kPrevious : name;
    }
    for (const auto &[own, given] : step.inputs)
    {
        if (wiring.count(own) == 0)
        {
            throw InputError(
                fmt::format("input.{}: {} has no such input; it takes '{}'", own, step.kind->name, needed.front()));
        }
        wiring[own] = given;
    }
    for (const auto &[own, given] : wiring)
    {
        if (given == kPrevious && is_first)
        {
            throw InputError(fmt::format("input.{}: the first step has no '{}'", own, kPrevious));
        }
    }
    return wiring;
}

/// The bands before the opacity, NaN where that is 0.
raster::PixelBlock without_opacity(const raster::PixelBlock &made, GDALDataType type)
{
    const int bands = made.bands() - 1;
    const auto count = static_cast<GPtrDiff_t>(made.width()) * made.height();
    std::vector<double> opacity(static_cast<std::size_t>(count));
    GDALCopyWords64(made.data(bands), made.type(), made.pixel_size(), opacity.data(), GDT_Float64, sizeof(double),
                    count);
    raster::PixelBlock input(made.width(), made.height(), bands, type);
    for (int band = 0; band < bands; ++band)
    {
        std::vector<double> values(opacity.size());
        GDALCopyWords64(made.data(band), made.type(), made.pixel_size(), values.data(), GDT_Float64, sizeof(double),
                        count);
        std::transform(values.begin(), values.end(), opacity.begin(), values.begin(),
                       [](double value, double alpha) { return alpha == 0 ? kNoValue : value; });
        GDALCopyWords64(values.data(), GDT_Float64, sizeof(double), input.data(band), type, input.pixel_size(), count);
    }
    return input;
}

/// As the next step would read it from tiles: NaN where there is no data, opacity left out.
raster::PixelBlock as_input(raster::PixelBlock &&made, const ProcessOutput &output, GDALDataType type)
{
    if (output.alpha)
    {
        return without_opacity(made, type);
    }
    raster::PixelBlock stored = raster::converted(std::move(made), {output.nodata, output.type, output.nodata, false});
    return raster::converted(std::move(stored), {output.nodata, type, kNoValue, false});
}

class StepsProcess : public Process
{
public:
    StepsProcess(const std::vector<Step> &steps, const ProcessSetting &setting)
        : m_is_around_the_globe(raster::turn_of(raster::spatial_reference(setting.grid_crs)) > 0)
    {
        for (const Step &step : steps)
        {
            labelled(fmt::format("process[{}]", m_made.size()), [&] { add(step, setting); });
        }
        int buffer = 0; // of later steps
        for (auto each = m_made.rbegin(); each != m_made.rend(); ++each)
        {
            each->buffer_after = buffer;
            buffer += each->process->pixel_buffer();
        }
        m_buffer = buffer;
    }

    ProcessOutput output() const override { return m_made.back().process->output(); }
    int pixel_buffer() const override { return m_buffer; }

    raster::PixelBlock run(const stac::TileMatrix &matrix, const stac::PixelWindow &window,
                           const std::map<std::string, raster::PixelBlock> &inputs) const override
    {
        raster::PixelBlock previous;
        for (const Made &step : m_made)
        {
            const stac::PixelWindow makes = window.grown(step.buffer_after);
            const int buffer = step.process->pixel_buffer();
            std::map<std::string, raster::PixelBlock> own;
            for (const auto &[name, given] : step.wiring)
            {
                own[name] = given == kPrevious ? previous : cropped(inputs.at(given), step.buffer_after + buffer);
            }
            raster::PixelBlock made = step.process->run(matrix, makes, own);
            if (&step == &m_made.back())
            {
                return made;
            }
            previous = as_input(std::move(made), step.process->output(), step.type_for_next);
            clear_beyond(matrix, makes, previous);
        }
        return previous;
    }

private:
    struct Made
    {
        std::unique_ptr<Process> process;
        std::map<std::string, std::string> wiring;
        int buffer_after = 0;
        GDALDataType type_for_next = GDT_Float32;
    };

    void add(const Step &step, const ProcessSetting &setting)
    {
        Made made;
        made.wiring = wiring_of(step, m_made.empty());
        ProcessSetting own{step.parameters, setting.grid_crs, {}};
        for (const auto &[name, given] : made.wiring)
        {
            own.inputs[name] = given == kPrevious ? previous_input() : setting.inputs.at(given);
        }
        if (!m_made.empty() && step.kind->values == InputValues::Exact)
        {
            const GDALDataType type = m_made.back().process->output().type;
            m_made.back().type_for_next =
                GDALDataTypeUnion(type, GDT_Float32) == GDT_Float32 ? GDT_Float32 : GDT_Float64;
        }
        made.process = step.kind->make(own);
        m_made.push_back(std::move(made));
    }

    ProcessInput previous_input() const
    {
        const ProcessOutput output = m_made.back().process->output();
        ProcessInput input;
        input.bands = output.bands() - (output.alpha ? 1 : 0);
        input.type = output.type;
        return input;
    }

    /// The middle of a block that has `buffer` pixels around the window that is made.
    raster::PixelBlock cropped(const raster::PixelBlock &block, int buffer) const
    {
        const int border = m_buffer - buffer;
        return border == 0 ? block
                           : block.part(border, border, block.width() - 2 * border, block.height() - 2 * border);
    }

    /// Tiles beyond the grid would not be there.
    void clear_beyond(const stac::TileMatrix &matrix, const stac::PixelWindow &window, raster::PixelBlock &pixels) const
    {
        stac::PixelWindow world = matrix.window();
        if (m_is_around_the_globe)
        {
            world.col = window.col;
            world.width = window.width;
        }
        const auto inside = window.intersection(world);
        if (inside == window)
        {
            return;
        }
        raster::PixelBlock cleared(pixels.width(), pixels.height(), pixels.bands(), pixels.type());
        cleared.fill(kNoValue);
        if (inside)
        {
            raster::paste(*inside, pixels, window, cleared, window);
        }
        pixels = std::move(cleared);
    }

    std::vector<Made> m_made;
    int m_buffer = 0;
    bool m_is_around_the_globe;
};

/// What each input of the recipe means to the steps that read it by name.
void note_values(const Step &step, const std::map<std::string, std::string> &wiring, ProcessKind &kind)
{
    for (const auto &[own, given] : wiring)
    {
        if (given == kPrevious)
        {
            continue;
        }
        const InputValues meant = step.kind->values;
        InputValues &known = kind.values_by_input.emplace(given, meant).first->second;
        if ((known == InputValues::Elevations) != (meant == InputValues::Elevations))
        {
            throw InputError(fmt::format("input '{}' is elevations to one step, and pixels as they are to {}", given,
                                         step.kind->name));
        }
        if (meant == InputValues::Exact)
        {
            known = meant;
        }
    }
}

} // namespace

std::shared_ptr<const ProcessKind> kind_of_steps(const std::vector<Step> &steps)
{
    ProcessKind kind{"", "", Schema({}), {}, nullptr, InputValues::AsTheyAre};
    for (std::size_t index = 0; index < steps.size(); ++index)
    {
        const Step &step = steps[index];
        labelled(fmt::format("process[{}]", index),
                 [&]
                 {
                     const auto wiring = wiring_of(step, index == 0);
                     note_values(step, wiring, kind);
                     for (const auto &[own, given] : wiring)
                     {
                         const bool is_known =
                             std::find(kind.inputs.begin(), kind.inputs.end(), given) != kind.inputs.end();
                         if (given != kPrevious && !is_known)
                         {
                             kind.inputs.push_back(given);
                         }
                     }
                 });
        kind.name += (index == 0 ? "" : ", ") + step.kind->name;
    }
    kind.title = steps.back().kind->title;
    kind.make = [steps](const ProcessSetting &setting) { return std::make_unique<StepsProcess>(steps, setting); };
    return std::make_shared<const ProcessKind>(std::move(kind));
}

} // namespace tiledir::engine
