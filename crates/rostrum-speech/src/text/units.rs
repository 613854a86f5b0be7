//! Units of measure and money.

/// A unit's singular and plural.
pub(crate) type Unit = (&'static str, &'static str);

/// The unit a symbol after a number stands for.
pub(crate) fn unit(symbol: &str) -> Option<Unit> {
    Some(match symbol {
        "km" => ("kilometer", "kilometers"),
        "m" => ("meter", "meters"),
        "cm" => ("centimeter", "centimeters"),
        "mm" => ("millimeter", "millimeters"),
        "µm" | "μm" => ("micrometer", "micrometers"),
        "nm" => ("nanometer", "nanometers"),
        "mi" => ("mile", "miles"),
        "ft" => ("foot", "feet"),
        "in" => ("inch", "inches"),
        "yd" => ("yard", "yards"),
        "km²" | "km2" => ("square kilometer", "square kilometers"),
        "m²" | "m2" => ("square meter", "square meters"),
        "m³" | "m3" => ("cubic meter", "cubic meters"),
        "ft²" | "sqft" => ("square foot", "square feet"),
        "kg" => ("kilogram", "kilograms"),
        "g" => ("gram", "grams"),
        "mg" => ("milligram", "milligrams"),
        "µg" | "μg" | "mcg" => ("microgram", "micrograms"),
        "lb" | "lbs" => ("pound", "pounds"),
        "oz" => ("ounce", "ounces"),
        "l" | "L" => ("liter", "liters"),
        "ml" | "mL" => ("milliliter", "milliliters"),
        "s" | "sec" | "secs" => ("second", "seconds"),
        "ms" => ("millisecond", "milliseconds"),
        "min" | "mins" => ("minute", "minutes"),
        "h" | "hr" | "hrs" => ("hour", "hours"),
        "Hz" => ("hertz", "hertz"),
        "kHz" => ("kilohertz", "kilohertz"),
        "MHz" => ("megahertz", "megahertz"),
        "GHz" => ("gigahertz", "gigahertz"),
        "B" => ("byte", "bytes"),
        "KB" | "kB" => ("kilobyte", "kilobytes"),
        "MB" => ("megabyte", "megabytes"),
        "GB" => ("gigabyte", "gigabytes"),
        "TB" => ("terabyte", "terabytes"),
        "Mbps" => ("megabit per second", "megabits per second"),
        "Gbps" => ("gigabit per second", "gigabits per second"),
        "W" => ("watt", "watts"),
        "kW" => ("kilowatt", "kilowatts"),
        "MW" => ("megawatt", "megawatts"),
        "kWh" => ("kilowatt hour", "kilowatt hours"),
        "V" => ("volt", "volts"),
        "mA" => ("milliamp", "milliamps"),
        "mAh" => ("milliamp hour", "milliamp hours"),
        "kcal" => ("kilocalorie", "kilocalories"),
        "dB" => ("decibel", "decibels"),
        "mph" => ("mile per hour", "miles per hour"),
        "km/h" | "kmh" | "kph" => ("kilometer per hour", "kilometers per hour"),
        "m/s" => ("meter per second", "meters per second"),
        "fps" => ("frame per second", "frames per second"),
        "rpm" => ("revolution per minute", "revolutions per minute"),
        "px" => ("pixel", "pixels"),
        "°" => ("degree", "degrees"),
        "°C" | "℃" => ("degree Celsius", "degrees Celsius"),
        "°F" | "℉" => ("degree Fahrenheit", "degrees Fahrenheit"),
        "%" => ("percent", "percent"),
        "‰" => ("per mille", "per mille"),
        "pt" | "pts" => ("point", "points"),
        "x" | "×" => ("time", "times"),
        _ => return None,
    })
}

/// Units that are also English words or letters, so they are taken as units only when written against the number.
pub(crate) fn is_unit_only_when_joined(symbol: &str) -> bool {
    matches!(symbol, "in" | "B" | "x" | "×" | "s" | "V" | "W" | "h" | "pt" | "pts" | "sec")
}

/// A magnitude written behind an amount: k, M, bn; or as a word.
pub(crate) fn magnitude(text: &str) -> Option<&'static str> {
    Some(match text {
        "k" | "K" | "thousand" => "thousand",
        "m" | "M" | "mm" | "mn" | "million" => "million",
        "b" | "B" | "bn" | "billion" => "billion",
        "t" | "T" | "tn" | "trillion" => "trillion",
        "hundred" => "hundred",
        _ => return None,
    })
}

/// A currency: its unit, and the unit of its hundredth.
pub(crate) struct Currency {
    pub(crate) unit: Unit,
    pub(crate) hundredth: Option<Unit>,
}

const CENTS: Option<Unit> = Some(("cent", "cents"));

/// The currency whose sign or code stands at the start of the text, and what follows it.
pub(crate) fn leading_currency(text: &str) -> Option<(Currency, &str)> {
    const SIGNS: [&str; 20] = [
        "US$", "A$", "C$", "NZ$", "HK$", "R$", "$", "€", "£", "¥", "￥", "₹", "₩", "₽", "₺", "₿", "USD",
        "EUR", "GBP", "CHF",
    ];
    SIGNS.iter().find_map(|sign| {
        let rest = text.strip_prefix(sign)?;
        Some((currency(sign)?, rest))
    })
}

/// The currency whose sign or code stands at the end of the text, and what precedes it.
pub(crate) fn trailing_currency(text: &str) -> Option<(Currency, &str)> {
    const SIGNS: [&str; 11] = ["USD", "EUR", "GBP", "CHF", "JPY", "$", "€", "£", "¥", "¢", "kr"];
    SIGNS.iter().find_map(|sign| {
        let rest = text.strip_suffix(sign).filter(|rest| rest.ends_with(|c: char| c.is_ascii_digit()))?;
        Some((currency(sign)?, rest))
    })
}

fn currency(sign: &str) -> Option<Currency> {
    let (unit, hundredth) = match sign {
        "$" | "US$" | "A$" | "C$" | "NZ$" | "HK$" | "USD" => (("dollar", "dollars"), CENTS),
        "€" | "EUR" => (("euro", "euros"), CENTS),
        "£" | "GBP" => (("pound", "pounds"), Some(("penny", "pence"))),
        "¥" | "￥" | "JPY" => (("yen", "yen"), None),
        "₹" => (("rupee", "rupees"), Some(("paisa", "paise"))),
        "₩" => (("won", "won"), None),
        "₽" => (("ruble", "rubles"), None),
        "₺" => (("lira", "lira"), None),
        "₿" => (("bitcoin", "bitcoins"), None),
        "R$" => (("real", "reais"), None),
        "CHF" => (("franc", "francs"), None),
        "kr" => (("crown", "crowns"), None),
        "¢" => (("cent", "cents"), None),
        _ => return None,
    };
    Some(Currency { unit, hundredth })
}
